import { capable } from './capable.ts'
import type { FrameChannel } from './frame-socket.ts'
import type { UpgradeRequest } from './request/upgrade-request.ts'
import type { Websocket } from './websocket.ts'
import type { WsLink } from './ws-link.ts'
import type { WsMessage } from './ws-message.ts'
import type { WsStatus } from './ws-status.ts'

/** Passes everything on to another socket, `frames` too. Filters extend it, and override what they change. */
export class SocketView implements Websocket {
  readonly #socket: Websocket

  constructor(socket: Websocket) {
    this.#socket = socket
  }

  get upgradeRequest(): UpgradeRequest {
    return this.#socket.upgradeRequest
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get state(): Websocket['state'] {
    return this.#socket.state
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get link(): WsLink {
    return this.#socket.link
  }

  get frames(): FrameChannel {
    return capable(this.#socket, 'frames').frames
  }

  send(message: WsMessage | string | Uint8Array): boolean {
    return this.#socket.send(message)
  }

  drained(): Promise<void> {
    return this.#socket.drained()
  }

  close(status?: WsStatus): void {
    this.#socket.close(status)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  onMessage(fn: (message: WsMessage) => unknown): () => void {
    return this.#socket.onMessage(fn)
  }

  onError(fn: (error: Error) => unknown): () => void {
    return this.#socket.onError(fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return this.#socket.onClose(fn)
  }
}
