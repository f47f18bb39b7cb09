import type { StandardSchemaV1 } from '../lens/standard-schema.ts'
import { CloseReason } from '../protocol/close-reason.ts'
import { Frame, TextFrame } from '../protocol/frame.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import { BaseSession, type SessionOptions } from './base-session.ts'
import type { WebsocketContentConverter } from './content-converter.ts'
import { receiveDeserialized, sendSerialized } from './serialization.ts'
import type { DefaultWebSocketSession } from './session.ts'

export interface DefaultSessionOptions extends SessionOptions {
  /** Milliseconds between Pings, in place of the engine's; 0 or `null` for none. */
  readonly pingInterval?: number | null | undefined
  /** Milliseconds a Pong may take, in place of the engine's. */
  readonly pongTimeout?: number | undefined
  /** For `sendSerialized` and `receiveDeserialized`. */
  readonly contentConverter?: WebsocketContentConverter | undefined
  /** Copies of Close, Ping and Pong frames in `incoming`, after they have been handled. Default false. */
  readonly controlFrames?: boolean | undefined
}

/** The default session on a socket, whatever filters are around it. */
export class DefaultWebSocketSessionImpl extends BaseSession implements DefaultWebSocketSession {
  readonly #socket: Websocket
  readonly #converter: WebsocketContentConverter | undefined
  /** Between the first and the last fragment of a message that is sent in fragments. */
  #fragments = false

  constructor(socket: Websocket, options: DefaultSessionOptions = {}) {
    super(socket, options)
    this.#socket = socket
    this.#converter = options.contentConverter
    if (options.pingInterval !== undefined) this.pingInterval = options.pingInterval
    if (options.pongTimeout !== undefined) this.pongTimeout = options.pongTimeout
    socket.onMessage((message) => this.deliver(frameOfMessage(message)))
    if (options.controlFrames === true) this.#hearControlFrames()
  }

  get pingInterval(): number {
    return this.#pings().pingInterval
  }

  set pingInterval(interval: number | null) {
    const { pongTimeout } = this.#pings()
    this.#socket.link.pings = { pingInterval: milliseconds(interval ?? 0), pongTimeout }
  }

  get pongTimeout(): number {
    return this.#pings().pongTimeout
  }

  set pongTimeout(timeout: number) {
    const { pingInterval } = this.#pings()
    this.#socket.link.pings = { pingInterval, pongTimeout: milliseconds(timeout) }
  }

  sendSerialized(value: unknown): Promise<void> {
    return sendSerialized(this, this.#converter, value, this.#socket)
  }

  receiveDeserialized(): Promise<unknown>
  receiveDeserialized<T>(schema: StandardSchemaV1<unknown, T>): Promise<T>
  receiveDeserialized(schema?: StandardSchemaV1): Promise<unknown> {
    return receiveDeserialized(this, this.#converter, schema, this.#socket)
  }

  write(frame: Frame): boolean {
    if (frame.type === 'close') {
      void this.close(frame.readReason() ?? new CloseReason(1000))
      return true
    }
    if (frame.type === 'ping' || frame.type === 'pong' || !frame.fin || this.#fragments) {
      return this.#writeFrame(frame)
    }
    return this.#socket.send(messageOfFrame(frame))
  }

  #writeFrame(frame: Frame): boolean {
    const { link } = this.#socket
    if (frame.type === 'ping' && link.ping !== undefined) {
      link.ping(frame.data)
      return true
    }
    if (link.sendFrame === undefined) {
      throw new NotSupportedException(
        `this runtime sends whole messages only, not ${frame.type} frames or fragments`,
      )
    }
    const sent = link.sendFrame(frame)
    if (!frame.frameType.controlFrame) this.#fragments = !frame.fin
    return sent
  }

  #hearControlFrames(): void {
    const { link } = this.#socket
    if (link.onControl === undefined) {
      throw new NotSupportedException(
        'this runtime does not tell of control frames: leave out the option controlFrames',
      )
    }
    link.onControl((frame) => this.deliver(frame))
  }

  #pings(): { readonly pingInterval: number; readonly pongTimeout: number } {
    const { pings } = this.#socket.link
    if (pings !== undefined) return pings
    throw new NotSupportedException('this runtime has no ping timer')
  }
}

function milliseconds(value: number): number {
  if (value >= 0) return value
  throw new RangeError(`${value} is no time: give milliseconds from 0 up`)
}

function frameOfMessage(message: WsMessage): Frame {
  return message.mode === 'text'
    ? TextFrame.received(message.text(), message.knownLength)
    : new Frame.Binary(message.bytes())
}

function messageOfFrame(frame: Frame): WsMessage {
  return frame.type === 'text'
    ? WsMessage.received(frame.readText(), frame.knownLength)
    : WsMessage.received(frame.data)
}
