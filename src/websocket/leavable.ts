/**
 * Yields what there is to take, and waits for `more` in between, until there is none. Leaving it ends a wait by `wake`, and
 * takes nothing more: a generator by itself would still take what the `next` that waits is for, and lose it.
 */
export function leavable<T>(
  taken: () => Iterable<T>,
  more: () => Promise<void> | undefined,
  wake: () => void,
): AsyncGenerator<T, void, undefined> {
  let left = false
  const loop = (async function* () {
    while (!left) {
      // Not `yield*`, which takes its time to see that there is none: what came meanwhile would not wake it.
      for (const one of taken()) yield one
      const waiting = more()
      if (!waiting) return
      await waiting
    }
  })()
  const leave = loop.return
  loop.return = (value) => {
    left = true
    wake()
    return leave.call(loop, value)
  }
  return loop
}
