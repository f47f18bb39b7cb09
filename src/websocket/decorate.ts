import { NORMAL } from '../protocol/close/reason.ts'
import { BinaryFrame, type Frame, TextFrame } from '../protocol/frame/frame.ts'
import type { FrameChannel } from './frame-socket.ts'
import type { UpgradeRequest } from './request/upgrade-request.ts'
import { SocketView } from './socket-view.ts'
import type { Websocket } from './websocket.ts'
import { WsMessage } from './ws-message.ts'
import type { WsStatus } from './ws-status.ts'

/** What a filter changes about a socket; an absent member changes nothing. */
export interface Decoration {
  /** What the decorated socket has for its `upgradeRequest`. Default: the socket's own. */
  readonly upgradeRequest?: UpgradeRequest | undefined
  /** Replaces `send`: pass the message, or another one, to `next`, or return `false` for not sent. */
  readonly send?:
    | ((message: WsMessage, next: (message: WsMessage) => boolean) => boolean)
    | undefined
  /** Replaces each delivery to a listener, `next`; a promise returned counts as the listener still working. */
  readonly message?:
    | ((message: WsMessage, next: (message: WsMessage) => unknown) => unknown)
    | undefined
  /** Replaces `close`; that the peer closes is heard with `onClose`. */
  readonly close?: ((status: WsStatus, next: (status: WsStatus) => void) => void) | undefined
}

/**
 * A view of `socket` with some of its behaviour changed. Link and capabilities stay: of a socket of frames, whole Text
 * and Binary frames pass through `send` and `message` too; fragments and control frames are left alone.
 */
export function decorate<S extends Websocket>(socket: S, decoration: Decoration): S {
  // `S` is defined by its members alone, and the view has all of them.
  return new DecoratedSocket(socket, decoration) as Websocket as S
}

class DecoratedSocket extends SocketView {
  readonly #socket: Websocket
  readonly #decoration: Decoration
  #frames: FrameChannel | undefined

  constructor(socket: Websocket, decoration: Decoration) {
    super(socket)
    this.#socket = socket
    this.#decoration = decoration
  }

  override get upgradeRequest(): UpgradeRequest {
    return this.#decoration.upgradeRequest ?? super.upgradeRequest
  }

  override get frames(): FrameChannel {
    this.#frames ??= decorateFrames(super.frames, this.#decoration)
    return this.#frames
  }

  override send(message: WsMessage | string | Uint8Array): boolean {
    if (this.#decoration.send === undefined) return this.#socket.send(message)
    const whole = message instanceof WsMessage ? message : WsMessage.of(message)
    return this.#decoration.send(whole, (changed) => this.#socket.send(changed))
  }

  override close(status: WsStatus = NORMAL): void {
    if (this.#decoration.close === undefined) this.#socket.close(status)
    else this.#decoration.close(status, (changed) => this.#socket.close(changed))
  }

  override onMessage(fn: (message: WsMessage) => unknown): () => void {
    const decoration = this.#decoration
    if (decoration.message === undefined) return this.#socket.onMessage(fn)
    return this.#socket.onMessage((message) => decoration.message!(message, fn))
  }
}

function decorateFrames(channel: FrameChannel, decoration: Decoration): FrameChannel {
  const { send, message } = decoration
  const incoming = new WholeFrames()
  const outgoing = new WholeFrames()
  let heard: { readonly frame: Frame; readonly whole: WsMessage | undefined } | undefined
  // Called once for each listener, with the same frame.
  const received = (frame: Frame): WsMessage | undefined => {
    if (heard?.frame !== frame) heard = { frame, whole: incoming.messageOf(frame) }
    return heard.whole
  }
  return {
    get masking() {
      return channel.masking
    },
    set masking(masking) {
      channel.masking = masking
    },
    onFrame: (fn) =>
      channel.onFrame((frame) => {
        const whole = message === undefined ? undefined : received(frame)
        if (whole === undefined) return fn(frame)
        return message!.call(decoration, whole, (changed) => fn(frameOf(changed, whole, frame)))
      }),
    send(frame) {
      if (send === undefined) return channel.send(frame)
      const { fragments } = outgoing
      const whole = outgoing.messageOf(frame)
      if (whole !== undefined) {
        return send.call(decoration, whole, (changed) =>
          channel.send(frameOf(changed, whole, frame)),
        )
      }
      try {
        return channel.send(frame)
      } catch (thrown) {
        // It was not sent: the message goes on with another frame.
        outgoing.fragments = fragments
        throw thrown
      }
    },
  }
}

/** Tells which frames are whole messages. */
class WholeFrames {
  /** Between the first and the last fragment of a message. */
  fragments = false

  messageOf(frame: Frame): WsMessage | undefined {
    if (frame.type !== 'text' && frame.type !== 'binary') return undefined
    const whole = frame.fin && !this.fragments
    this.fragments = !frame.fin
    if (!whole) return undefined
    const message = WsMessage.received(frame.data)
    return frame.type === 'binary' ? message : message.body(frame.data, 'text')
  }
}

function frameOf(changed: WsMessage, message: WsMessage, frame: Frame): Frame {
  if (changed === message) return frame
  return changed.mode === 'text' ? new TextFrame(changed.bytes()) : new BinaryFrame(changed.bytes())
}
