/** Compares plain data. */
export function expectSame(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`expected ${wanted}, got ${found}`)
}

export function expectWithin(least: number, found: number, most: number): void {
  if (found >= least && found <= most) return
  throw new Error(`expected ${least} to ${most}, got ${found}`)
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

/** A promise, and what resolves it. */
export function signal(): readonly [Promise<void>, () => void] {
  let give = (): void => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return [given, give]
}
