const MOVERS = ['shift', 'unshift', 'splice', 'toSpliced', 'slice', 'filter', 'concat'] as const

/** How many items the methods of arrays move or copy at most while it runs. */
export async function movedItems(run: () => unknown): Promise<number> {
  let moved = 0
  const restore = MOVERS.map((name) => {
    const original: unknown = Reflect.get(Array.prototype, name)
    if (typeof original !== 'function') throw new TypeError(`arrays have no ${name}`)
    Reflect.set(Array.prototype, name, function (this: readonly unknown[], ...given: unknown[]) {
      moved += this.length
      return Reflect.apply(original, this, given)
    })
    return () => Reflect.set(Array.prototype, name, original)
  })
  try {
    await run()
  } finally {
    for (const undo of restore) undo()
  }
  return moved
}
