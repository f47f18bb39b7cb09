import { WebSocket as NativeHalf } from 'undici'

/**
 * The `WebSocket` of React Native 0.88 on Android, as Libraries/WebSocket/WebSocket.js has it, over another in
 * place of its native half.
 */
export class ReactNativeWebSocket {
  readonly url: string
  readyState = 0
  protocol: string | undefined
  /** Declared there, and never set. */
  readonly bufferedAmount: number | undefined
  readonly #native: NativeHalf
  onopen = (_event: object): void => {}
  onmessage = (_event: object): void => {}
  onerror = (_event: object): void => {}
  onclose = (_event: object): void => {}

  constructor(url: unknown, protocols?: string[]) {
    if (typeof url !== 'string') throw new TypeError('the native half takes strings only')
    this.url = url
    this.#native = new NativeHalf(url, protocols)
    this.#native.onopen = () => {
      this.readyState = 1
      this.protocol = this.#native.protocol
      this.onopen({})
    }
    this.#native.onmessage = ({ data }) => this.onmessage({ data })
    this.#native.onclose = ({ code, reason, wasClean }) => {
      this.readyState = 3
      if (!wasClean) this.onerror({})
      this.onclose(
        wasClean ? { code, reason, wasClean: false } : { code: 1006, reason: 'EOF', wasClean },
      )
    }
  }

  set binaryType(type: BinaryType) {
    this.#native.binaryType = type
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState === 0) throw new Error('INVALID_STATE_ERR')
    this.#native.send(data)
  }

  /** While it connects, the native half ignores it. */
  close(code = 1000, reason = ''): void {
    if (this.readyState > 1) return
    if (this.readyState === 1) this.#native.close(code, reason)
    this.readyState = 2
  }
}
