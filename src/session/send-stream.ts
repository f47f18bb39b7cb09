import { isUint8Array } from '../protocol/bytes/content.ts'
import { isValidCloseCode } from '../protocol/close/close-code.ts'
import { CloseReason, INTERNAL_ERROR } from '../protocol/close/reason.ts'
import { BinaryFrame, TextFrame } from '../protocol/frame/frame.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import { forwardAbort } from '../websocket/support/forward-abort.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import { unlessAborted } from '../websocket/support/unless-aborted.ts'
import { OutgoingChannel } from './channel/outgoing-channel.ts'
import { handled } from './channel/refused.ts'
import { Turn } from './channel/turn.ts'
import type { WebSocketSession } from './session.ts'

/** The chunks of one message: all text, or all bytes. A string is no source, although it is an iterable. */
export type ChunkSource =
  | AsyncIterable<string | Uint8Array>
  | (Iterable<string | Uint8Array> & object)

/** Options of `sendStream`. */
export interface SendStreamOptions {
  /** Gives up the message when it aborts. */
  readonly signal?: AbortSignal | undefined
}

const SEND_STREAM_OPTIONS: OptionNames<SendStreamOptions> = { signal: 0 }

/**
 * Sends one message, as long as the source makes it: a fragment for each chunk, and an empty one at the end. The source is
 * asked for a chunk at once, and for each further one when the one before has been sent. Without chunks, it is an empty
 * binary message. Resolves when the message has been sent; what else the session sends meanwhile waits for that, except
 * Ping and Pong.
 *
 * Rejects when the session is closing or closed, with what the source throws, with the signal's reason, and on a runtime
 * that sends whole messages only with a `NotSupportedException`. If a part of the message has been sent by then, the session
 * closes, as that cannot be taken back: with the error if that is a `CloseReason` that can be sent, and else with 1011. If it
 * is not awaited, it raises no unhandled rejection.
 */
export function sendStream(
  session: WebSocketSession,
  source: ChunkSource,
  options: SendStreamOptions = {},
): Promise<void> {
  return handled(send(session, source, options))
}

async function send(
  session: WebSocketSession,
  source: ChunkSource,
  options: SendStreamOptions,
): Promise<void> {
  checkNames('sendStream()', options, SEND_STREAM_OPTIONS)
  const { outgoing } = session
  if (!(outgoing instanceof OutgoingChannel)) {
    throw new TypeError('sendStream() takes a session that sends through one of this library')
  }
  const chunks = iteratorOf(source)
  const stop = new AbortController()
  const unlink = [options.signal, session.signal].map((signal) => forwardAbort(signal, stop))
  const turn = new Turn(outgoing, stop.signal)
  try {
    const message = new Fragments()
    for (;;) {
      // The first time before its turn: until it is asked, nobody hears the errors of a stream of Node, or can leave it.
      const next = await unlessAborted(chunks.next(), stop.signal)
      if (next.done === true) break
      const fragment = message.fragment(next.value)
      if (fragment.byteLength > 0) await turn.send(fragment)
    }
    await turn.send(message.last())
  } catch (thrown) {
    if (turn.begun) void session.close(failureReason(thrown))
    // Not awaited: the source may be waiting for something that never comes.
    void handled(leave(chunks))
    throw thrown
  } finally {
    turn.end()
    for (const fn of unlink) fn()
  }
}

/** What the session is closed with. A reason that cannot be sent would leave it open within a message. */
function failureReason(thrown: unknown): CloseReason {
  return thrown instanceof CloseReason && isValidCloseCode(thrown.code) ? thrown : INTERNAL_ERROR
}

async function leave(chunks: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  await chunks.return?.()
}

function iteratorOf(source: ChunkSource): AsyncIterator<unknown> | Iterator<unknown> {
  // A string would be sent by its characters.
  if (typeof source !== 'object' || source === null) {
    throw wrongType(source, 'sendStream() takes an iterable of text or of bytes')
  }
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
}

/** The fragments of one message. */
class Fragments {
  #text: boolean | undefined
  /** The first half of a pair of surrogates, the second of which comes with the next chunk. */
  #half = ''

  fragment(chunk: unknown): TextFrame | BinaryFrame {
    const text = typeof chunk === 'string'
    if (!text && !isUint8Array(chunk))
      throw wrongType(chunk, 'a chunk of a message is text or bytes')
    this.#text ??= text
    if (text !== this.#text)
      throw new TypeError('all chunks of a message have to be text, or bytes')
    // It is written before the source is asked again, so it may be in memory that is shared.
    if (!text) return new BinaryFrame(chunk as Uint8Array<ArrayBuffer>, false)
    const joined = this.#half + chunk
    const end = joined.length - (HIGH_AT_END.test(joined) ? 1 : 0)
    this.#half = joined.slice(end)
    return new TextFrame(joined.slice(0, end), false)
  }

  last(): TextFrame | BinaryFrame {
    return this.#text === true ? new TextFrame(this.#half) : new BinaryFrame(new Uint8Array())
  }
}

const HIGH_AT_END = /[\ud800-\udbff]$/
