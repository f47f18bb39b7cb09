/** What became of a promise. */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'late' }

/** So many microtasks may pass before a timer is set. */
const SOON = 10

/** Waits for a promise, at most so many milliseconds. Never rejects. What settles soon needs no timer. */
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
  for (let i = 0; i < SOON && outcome === undefined; i++) await Promise.resolve()
  if (outcome === undefined) await atMost(settled, ms)
  return outcome ?? { kind: 'late' }
}

async function atMost(settled: PromiseLike<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([settled, late])
  clearTimeout(timer)
}

/** Lets all that is waiting to run have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
