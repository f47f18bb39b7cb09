/** Something that has output waiting. */
export interface Flushable {
  flush(): void
}

let waiting: Flushable[] = []

/** Flushes `target` once, at the end of this turn of the event loop: what is sent until then goes out together. */
export function flushSoon(target: Flushable): void {
  if (waiting.length === 0) setImmediate(flushAll)
  waiting.push(target)
}

function flushAll(): void {
  const targets = waiting
  waiting = []
  for (const target of targets) target.flush()
}
