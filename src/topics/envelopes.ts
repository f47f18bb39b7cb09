import { isUint8Array } from '../protocol/bytes/content.ts'
import { decodeUtf8 } from '../protocol/bytes/utf8.ts'
import { WsMessage } from '../websocket/ws-message.ts'

const VERSION = 1
const TEXT = 1
const BINARY = 2

/** Where the id of the sender begins, and where the content does. */
const ID = 2
const CONTENT = 18

/** Messages as payloads for a broker: version, mode, 16 bytes that tell who sent it, content. */
export class Envelopes {
  /** Made when first needed: Workers have no random numbers before there is a request. */
  #id: Uint8Array<ArrayBuffer> | undefined

  seal(message: WsMessage): Uint8Array<ArrayBuffer> {
    const content = message.bytes()
    const payload = new Uint8Array(CONTENT + content.length)
    payload[0] = VERSION
    payload[1] = message.mode === 'text' ? TEXT : BINARY
    payload.set(this.#own, ID)
    payload.set(content, CONTENT)
    return payload
  }

  /** The message, a copy; `undefined` if it was sealed here. Throws a `TypeError` for anything but a message of `seal`. */
  open(payload: unknown): WsMessage | undefined {
    if (!isUint8Array(payload)) throw new TypeError('it is no Uint8Array')
    const [version, mode] = payload
    if (version !== VERSION || payload.length < CONTENT) {
      throw new TypeError(`it is not of version ${VERSION}`)
    }
    if (this.#own.every((byte, i) => byte === payload[ID + i])) return undefined
    const content = payload.subarray(CONTENT)
    if (mode === TEXT) return WsMessage.received(decodeUtf8(content), content.length)
    if (mode === BINARY) return WsMessage.binary(content)
    throw new TypeError('it is neither text nor binary')
  }

  get #own(): Uint8Array<ArrayBuffer> {
    this.#id ??= crypto.getRandomValues(new Uint8Array(CONTENT - ID))
    return this.#id
  }
}
