import { asError } from '../../src/protocol/errors/thrown.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsLink } from '../../src/websocket/ws-link.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { requestFor } from './requests.ts'

/** A socket that keeps what is sent, and is told what comes in. */
export class FakeSocket implements Websocket {
  readonly upgradeRequest: UpgradeRequest = requestFor()
  readonly protocol = ''
  readonly state = 'open'
  readonly bufferedAmount = 0
  readonly link: WsLink = { extensions: [] }
  readonly sent: WsMessage[] = []
  readonly closes: (WsStatus | undefined)[] = []
  readonly #message = new Set<(message: WsMessage) => unknown>()
  readonly #error = new Set<(error: Error) => unknown>()
  readonly #close = new Set<(status: WsStatus) => unknown>()

  /** What the message listeners answer; what one throws goes to `onError`. */
  receive(text: string): unknown[] {
    return [...this.#message].map((listener) => {
      try {
        return listener(WsMessage.text(text))
      } catch (thrown) {
        for (const hear of this.#error) hear(asError(thrown))
        return undefined
      }
    })
  }

  ended(status: WsStatus): void {
    for (const hear of this.#close) hear(status)
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    return this.sent.push(message instanceof WsMessage ? message : WsMessage.of(message)) < 3
  }

  async drained(): Promise<void> {}

  close(status?: WsStatus): void {
    this.closes.push(status)
  }

  terminate(): void {}

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    return added(this.#message, fn)
  }

  onError(fn: (error: Error) => unknown): () => void {
    return added(this.#error, fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return added(this.#close, fn)
  }
}

/** A client that has received these texts. */
export class FakeClient implements WsClient {
  readonly socket: FakeSocket = new FakeSocket()
  readonly opened: Promise<Websocket> = Promise.resolve(this.socket)
  readonly closed: Promise<WsStatus> = Promise.resolve(WsStatus.NORMAL)
  readonly protocol = ''
  readonly #received: WsMessage[]
  disposed = false

  constructor(...received: readonly string[]) {
    this.#received = received.map(WsMessage.text)
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    return this.socket.send(message)
  }

  close(status?: WsStatus): void {
    this.socket.close(status)
  }

  terminate(): void {}

  received(): Iterable<WsMessage> & AsyncIterable<WsMessage> {
    const waiting = this.#received
    return {
      *[Symbol.iterator]() {
        while (waiting.length > 0) yield waiting.shift()!
      },
      async *[Symbol.asyncIterator]() {
        while (waiting.length > 0) yield waiting.shift()!
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true
  }
}

function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
