import { show } from '../../lens/show.ts'
import { isUint8Array } from '../../protocol/bytes/content.ts'
import { legible } from '../../protocol/errors/quote.ts'
import { WsMessage } from '../../websocket/ws-message.ts'
import { inTime, type Outcome } from '../clock/in-time.ts'
import { type Equals, sameValue } from './same-value.ts'
import type { Verdict } from './verdict.ts'

/** The most characters that are shown of a message. */
const SHOWN = 200

/** Whatever messages can be taken from: a client, or a typed client. */
export interface Receiver<out T = unknown> {
  received(): Iterable<T> & AsyncIterable<T>
}

/** Takes as many messages as are expected, and all more that there are. */
export async function judgeMessages(
  receiver: Receiver,
  expected: readonly unknown[],
  within: number,
  equals?: Equals,
): Promise<Verdict<readonly unknown[]>> {
  const { items, end } = await takeMessages(receiver, expected.length, within)
  const actual = items.map((item, index) => contentOf(item, expected[index]))
  const wanted = expected.map(bytesOrValue)
  const different = wanted.findIndex((value, index) => !sameValue(actual[index], value, equals))
  const pass = different < 0 && actual.length === wanted.length
  const message = sentence(actual, wanted, different, end)
  return { pass, message, actual, expected: wanted, found: items }
}

interface Taken {
  readonly items: readonly unknown[]
  /** Why there are no more. */
  readonly end: string
}

async function takeMessages(receiver: Receiver, count: number, within: number): Promise<Taken> {
  const deadline = performance.now() + within
  const items: unknown[] = []
  let end = takePresent(receiver, items)
  while (end === undefined && items.length < count) {
    const left = deadline - performance.now()
    const next = left > 0 ? await nextOf(receiver, left) : { kind: 'late' as const }
    if (next.kind === 'late') end = `within ${within} ms`
    else if (next.kind === 'error') end = `before ${String(next.error)}`
    else if (next.value.done === true) end = 'before the connection ended'
    else items.push(next.value.value)
  }
  if (end === undefined) takePresent(receiver, items)
  return { items, end: end ?? '' }
}

async function nextOf(receiver: Receiver, ms: number): Promise<Outcome<IteratorResult<unknown>>> {
  const iterator = receiver.received()[Symbol.asyncIterator]()
  const next = await inTime(iterator.next(), ms)
  // Otherwise the `next` that still waits would take a message that comes later, and lose it.
  if (next.kind === 'late') void iterator.return?.()
  return next
}

/** Takes what is there; returns why no more will come, if the connection has failed. */
function takePresent(receiver: Receiver, items: unknown[]): string | undefined {
  try {
    for (const item of receiver.received()) items.push(item)
    return undefined
  } catch (error) {
    return `before ${String(error)}`
  }
}

/** A text, bytes, or, where neither is expected, what a text holds as JSON. What a typed client received, as it is. */
function contentOf(item: unknown, expected: unknown): unknown {
  if (!(item instanceof WsMessage)) return item
  if (item.mode === 'binary') return item.bytes()
  const text = item.text()
  const raw = expected === undefined || typeof expected === 'string'
  if (raw || isUint8Array(expected)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Bytes of any kind, a `Buffer` say, as plain ones. */
function bytesOrValue(value: unknown): unknown {
  return isUint8Array(value) ? new Uint8Array(value) : value
}

function sentence(
  actual: readonly unknown[],
  expected: readonly unknown[],
  different: number,
  end: string,
): string {
  const [wanted, came] = [messages(expected.length), `${actual.length} came`]
  if (actual.length < expected.length) return `expected ${wanted}, but only ${came} ${end}`
  if (actual.length > expected.length) return `expected ${wanted}, but ${came}`
  return different < 0
    ? `${wanted} came, as they should not`
    : `message ${different + 1} of ${expected.length} is not the one expected: it is ${shown(actual[different])}`
}

/** For test runners that do not show `actual`: Jest and Bun of a matcher, and Deno. */
function shown(value: unknown): string {
  if (isUint8Array(value)) return show(value)
  try {
    const text = legible(JSON.stringify(value) ?? String(value))
    return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
  } catch {
    return show(value)
  }
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}
