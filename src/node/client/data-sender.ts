import { types } from 'node:util'
import { copyBytes } from '../../protocol/bytes/bytes.ts'
import type { CloseReason } from '../../protocol/close/reason.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import { CloseFrame } from '../../protocol/frame/frame.ts'
import type { Websocket } from '../../websocket/websocket.ts'

/** What a `StandardWebSocket` sends: text, or bytes in one of the forms that the platform has for them. */
export type SocketData = string | ArrayBufferLike | ArrayBufferView | Blob

/** The same in a form that can be measured, and that sockets send unless it is a Blob. */
export type Content = string | Uint8Array | Blob

export function contentOf(data: SocketData): Content {
  if (data instanceof Blob) return data
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  }
  // As on the platform, whatever else there is becomes text.
  return types.isAnyArrayBuffer(data) ? new Uint8Array(data) : String(data)
}

export function sizeOf(content: Content): number {
  if (content instanceof Blob) return content.size
  return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
}

/** Sends in order, also Blobs, which take time to read: what comes behind one waits for it. */
export class DataSender {
  readonly #socket: Websocket
  readonly #failed: (error: Error) => void
  #waiting = 0
  #reading: Promise<void> | undefined

  /** `failed` is called if a Blob cannot be read. */
  constructor(socket: Websocket, failed: (error: Error) => void) {
    this.#socket = socket
    this.#failed = failed
  }

  /** Bytes that wait for a Blob. */
  get waiting(): number {
    return this.#waiting
  }

  send(content: Content): void {
    if (this.#reading === undefined && !(content instanceof Blob)) {
      this.#socket.send(content)
      return
    }
    const size = sizeOf(content)
    // Bytes may be changed while they wait.
    const held = content instanceof Uint8Array ? copyBytes(content) : content
    this.#waiting += size
    this.#next(async () => {
      const read = held instanceof Blob ? new Uint8Array(await held.arrayBuffer()) : held
      this.#waiting -= size
      this.#socket.send(read)
    })
  }

  /** Without a reason, the Close frame is empty. */
  close(reason: CloseReason | undefined): void {
    if (this.#reading === undefined) this.#close(reason)
    else this.#next(() => this.#close(reason))
  }

  #close(reason: CloseReason | undefined): void {
    const { link } = this.#socket
    // Before it is open, there is no link that sends, and nobody to tell.
    if (reason === undefined && link.sendFrame) link.sendFrame(new CloseFrame())
    else this.#socket.close(reason)
  }

  #next(act: () => unknown): void {
    const reading = Promise.resolve(this.#reading)
      .then(act)
      .catch((thrown: unknown) => this.#failed(asError(thrown)))
      .then(() => {
        if (this.#reading === reading) this.#reading = undefined
      })
    this.#reading = reading
  }
}
