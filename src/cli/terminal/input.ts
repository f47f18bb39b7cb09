/** Lines, one at a time: each stays the next one until it is taken. */
export interface Input {
  /**
   * The next line, `undefined` at the end. Rejects with what reading throws. Only the last call gets it: who asked before
   * has given up, and is not kept alive.
   */
  next(): Promise<string | undefined>
  taken(): void
}

/** Reads no further ahead than one line. */
export function inputOf(lines: AsyncIterable<string>): Input {
  const reading = lines[Symbol.asyncIterator]()
  let line: Promise<string | undefined> | undefined
  let isRead = false
  let wake = (_line: Promise<string | undefined>): void => {}

  function read(): Promise<string | undefined> {
    const next = reading.next().then(({ done, value }) => (done === true ? undefined : value))
    const settled = (): void => {
      isRead = true
      wake(next)
    }
    next.then(settled, settled)
    return next
  }

  return {
    next() {
      line ??= read()
      if (isRead) return line
      return new Promise((resolve) => {
        wake = resolve
      })
    },
    taken() {
      line = undefined
      isRead = false
    },
  }
}
