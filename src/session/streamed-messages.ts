import type { Frame } from '../protocol/frame/frame.ts'
import type { ReceiveChannel } from './channel/channel.ts'
import type { DefaultWebSocketSession } from './session.ts'

/**
 * A message as it comes: text as strings, which end between characters, or bytes. It is read once, before the next message
 * is asked for. Reading rejects if the session ends within the message, so that what ends without an error is whole.
 */
export type StreamedMessage =
  | ({ readonly type: 'text' } & AsyncIterable<string>)
  | ({ readonly type: 'binary' } & AsyncIterable<Uint8Array<ArrayBuffer>>)

/**
 * The messages of a session, each of which can be read while it comes: with the option `fragments`, in chunks as they
 * arrive, and otherwise in one. What is not read of a message is dropped when the next one is asked for. Whoever reads
 * slowly holds up the peer. Ends as a loop over `incoming` does; leaving it leaves the session open. While one loop waits for
 * a message, any other over the same session throws a `TypeError`.
 */
export async function* streamedMessages(
  session: DefaultWebSocketSession,
): AsyncGenerator<StreamedMessage, void, undefined> {
  const { incoming } = session
  const reader = READERS.get(incoming) ?? new MessageReader(incoming)
  READERS.set(incoming, reader)
  for (;;) {
    const message = await reader.next()
    if (message === undefined) return
    yield message
  }
}

/** A loop may be left within a message: the next one has to know. */
const READERS = new WeakMap<ReceiveChannel<Frame>, MessageReader>()

/** Reads a session by messages. */
class MessageReader {
  readonly #incoming: ReceiveChannel<Frame>
  readonly #frames: AsyncIterator<Frame, undefined>
  /** Counts the messages: those before the last one are over. */
  #number = 0
  /** True between the first and the last fragment of a message. */
  #within = false
  /** True while a loop waits for a message. */
  #asked = false
  #reading: Promise<unknown> | undefined

  constructor(incoming: ReceiveChannel<Frame>) {
    this.#incoming = incoming
    this.#frames = incoming[Symbol.asyncIterator]()
  }

  /** The next message, once the rest of the last one has been dropped; `undefined` at the end. */
  async next(): Promise<StreamedMessage | undefined> {
    // Either would drop what the other is to get.
    if (this.#asked) throw new TypeError('another loop over streamedMessages waits already')
    this.#asked = true
    try {
      return await this.#next()
    } finally {
      this.#asked = false
    }
  }

  async #next(): Promise<StreamedMessage | undefined> {
    const number = ++this.#number
    // Somebody may be waiting for a chunk of the last one.
    await this.#reading
    while (this.#within) if ((await this.#read()) === undefined) return undefined
    const first = await this.#read()
    if (first === undefined) return undefined
    return first.type === 'text'
      ? { type: 'text', [Symbol.asyncIterator]: once(() => this.#texts(first, number)) }
      : { type: 'binary', [Symbol.asyncIterator]: once(() => this.#bytes(first, number)) }
  }

  async *#texts(first: Frame, number: number): AsyncGenerator<string, void, undefined> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    for await (const bytes of this.#bytes(first, number)) {
      const text = decoder.decode(bytes, { stream: true })
      if (text !== '') yield text
    }
  }

  async *#bytes(
    first: Frame,
    number: number,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    for (let frame = first; ; frame = await this.#rest(number)) {
      this.#check(number)
      if (frame.byteLength > 0) yield frame.data
      if (frame.fin) return
    }
  }

  /** The next fragment of this message. Rejects with what ended the session within it. */
  async #rest(number: number): Promise<Frame> {
    this.#check(number)
    return (await this.#read()) ?? (await this.#incoming.receive())
  }

  #check(number: number): void {
    if (number === this.#number) return
    throw new TypeError('the rest of this message was dropped: the next one has been asked for')
  }

  #read(): Promise<Frame | undefined> {
    const reading = this.#readData()
    this.#reading = reading
    return reading
  }

  /** The next frame of data: there are copies of control frames, too, if they were asked for. */
  async #readData(): Promise<Frame | undefined> {
    for (;;) {
      const { value: frame } = await this.#frames.next()
      if (frame === undefined) return undefined
      if (frame.type !== 'text' && frame.type !== 'binary') continue
      this.#within = !frame.fin
      return frame
    }
  }
}

function once<T>(make: () => T): () => T {
  let made = false
  return () => {
    if (made) throw new TypeError('a streamed message can be read only once')
    made = true
    return make()
  }
}
