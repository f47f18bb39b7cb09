import { isDeepStrictEqual } from 'node:util'
import { deserialize, Serializer } from 'node:v8'
import type { WorkersSocketEvents, WorkersWebSocket } from '../../cloudflare/workers-runtime.ts'
import { copyBytes } from '../../protocol/bytes/bytes.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import type { ObjectWire } from './object-wire.ts'

/** Workers' own, in bytes. */
const MOST_ATTACHED = 16_384

const CLOSED = 3

type Listeners = {
  readonly [T in keyof WorkersSocketEvents]: ((event: WorkersSocketEvents[T]) => void)[]
}

/** The socket that an object in memory has for a wire. When the object sleeps, the socket is cut off from the wire. */
export class ObjectSocket implements WorkersWebSocket {
  binaryType: 'blob' | 'arraybuffer' = 'blob'
  readonly #listeners: Listeners = { message: [], close: [], error: [] }
  #wire: ObjectWire | undefined

  constructor(wire: ObjectWire) {
    this.#wire = wire
  }

  get readyState(): number {
    return this.#wire?.readyState ?? CLOSED
  }

  get bufferedAmount(): number {
    return this.#wire?.bufferedAmount ?? 0
  }

  accept(): void {
    if (this.#wire !== undefined) this.#wire.plain = true
  }

  send(content: string | ArrayBuffer | ArrayBufferView): void {
    this.#wire?.send(typeof content === 'string' ? content : bytesOf(content))
  }

  close(code?: number, reason = ''): void {
    this.#wire?.close(code, reason)
  }

  serializeAttachment(attachment: unknown): void {
    if (this.#wire === undefined) return
    const clone = structuredClone(attachment)
    const written = serialized(clone)
    if (written.length > MOST_ATTACHED) {
      throw new Error(
        `it takes ${written.length} bytes, and Workers keep at most ${MOST_ATTACHED} bytes`,
      )
    }
    // From Node 22 on, what only Node can clone, such as a `Blob`, is written as an empty object.
    if (!isDeepStrictEqual(deserialize(written), clone)) throw notCloned('it is more than data')
    this.#wire.attachment = clone
  }

  deserializeAttachment(): unknown {
    return structuredClone(this.#wire?.attachment ?? null)
  }

  addEventListener<T extends keyof WorkersSocketEvents>(
    type: T,
    listener: (event: WorkersSocketEvents[T]) => void,
  ): void {
    this.#listeners[type].push(listener)
  }

  /** Calls the listeners, which are in the same memory. */
  dispatch<T extends keyof WorkersSocketEvents>(type: T, event: WorkersSocketEvents[T]): void {
    for (const listener of this.#listeners[type]) listener(event)
  }

  forget(): void {
    this.#wire = undefined
  }
}

/** As many bytes as Workers count: of a view, all of the buffer behind it. */
function serialized(clone: unknown): Buffer {
  const serializer = new Serializer()
  serializer.writeHeader()
  try {
    serializer.writeValue(clone)
  } catch (thrown) {
    throw notCloned(asError(thrown).message)
  }
  return serializer.releaseBuffer()
}

function notCloned(message: string): DOMException {
  return new DOMException(message, 'DataCloneError')
}

function bytesOf(content: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(content)
    ? copyBytes(new Uint8Array(content.buffer, content.byteOffset, content.byteLength))
    : new Uint8Array(content.slice())
}
