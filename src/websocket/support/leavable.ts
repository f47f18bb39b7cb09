/**
 * Yields what `take` gives, then waits for `more`, until that is `undefined`. Leaving the loop ends a wait with `wake` and
 * takes nothing more: a plain generator would still take an item for a `next` that waits, and lose it.
 */
export function leavable<T>(
  take: () => Iterable<T>,
  more: () => Promise<void> | undefined,
  wake: () => void,
): AsyncGenerator<T, void, undefined> {
  let left = false
  const loop = (async function* () {
    while (!left) {
      // Not `yield*`, which sees the end some microtasks later: an item that came meanwhile would not wake it.
      for (const item of take()) yield item
      const waiting = more()
      if (!waiting) return
      await waiting
    }
  })()
  const leave = loop.return
  // Not by assignment, which is an error where intrinsics are frozen.
  return Object.defineProperty(loop, 'return', {
    value(value: Parameters<typeof leave>[0]) {
      left = true
      wake()
      return leave.call(loop, value)
    },
  })
}
