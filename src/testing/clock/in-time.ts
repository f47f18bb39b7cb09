/** What became of a promise. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'late' }

// Kept, since tests may replace the platform's timers with fakes, which never fire by themselves.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis

/** Not every platform has `setImmediate`. */
const { setImmediate: nextTurn = startTimer } = globalThis as {
  readonly setImmediate?: (fn: () => void) => unknown
}

/** How many microtasks may pass before a timer is set: what happens in memory has happened by then. */
const SOON = 100

/** Waits for a promise, at most `ms` milliseconds. Never rejects. What settles soon needs no timer. */
export async function inTime<T>(promise: PromiseLike<T>, ms: number): Promise<Outcome<T>> {
  let outcome: Outcome<T> | undefined
  const settled = promise.then(
    (value) => {
      outcome = { kind: 'value', value }
    },
    (error: unknown) => {
      outcome = { kind: 'error', error }
    },
  )
  await soon(() => outcome !== undefined)
  if (outcome === undefined) await atMost(settled, ms)
  return outcome ?? { kind: 'late' }
}

/** Lets microtasks run, until `done` or `SOON` of them have. */
export async function soon(done: () => boolean): Promise<void> {
  for (let i = 0; i < SOON && !done(); i++) await Promise.resolve()
}

async function atMost(settled: PromiseLike<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = startTimer(resolve, ms)
  })
  await Promise.race([settled, late])
  stopTimer(timer)
}

/** Lets everything run that waits for nothing but promises. */
export function promisesRun(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve)
  })
}

/** Lets timers and I/O have a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    startTimer(resolve, 1)
  })
}
