import { checkReason } from '../protocol/close/close-code.ts'
import { NORMAL } from '../protocol/close/reason.ts'
import type { Frame } from '../protocol/frame/frame.ts'
import type { FrameChannel } from '../websocket/frame-socket.ts'
import { SocketView } from '../websocket/socket-view.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsLink } from '../websocket/ws-link.ts'
import { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { LateListeners } from './late-listeners.ts'
import type { Passing } from './passing.ts'

/**
 * What happens to an item: calls `deliver`, which passes it to a listener or to the socket that sends it, now, later or
 * never. Returns the result of that, or what stands for it.
 */
export type Course<T = unknown> = (deliver: () => T) => T

export function STRAIGHT<T>(deliver: () => T): T {
  return deliver()
}

export const NOWHERE: Course = () => undefined
export const NOT_SENT: Course<boolean> = () => false

/** What a filter does with everything that passes through a socket. Where a member is absent, it passes unchanged. */
export interface Passage {
  /** Asked once for whatever comes in, however many listen; the answer is used for each of them. */
  incoming?(item: Passing): Course
  /** Asked for whatever is sent; the course may send it later. */
  outgoing?(item: Passing): Course<boolean>
  /** In place of the first `close`, with a status that can be sent; `close` may be called later. */
  close?(close: () => void): void
}

/**
 * A view of the socket with a passage in between. While `decorate` is for changing whole messages, a passage leaves them
 * as they are, but misses nothing: it sees each frame of a socket of frames, too, and sees it once.
 */
export function passThrough(socket: Websocket, passage: Passage): Websocket {
  return new PassingSocket(socket, passage)
}

class PassingSocket extends SocketView {
  readonly #passage: Passage
  readonly #listeners = new LateListeners()
  /** The courses of what comes in, once several listen. */
  #courses: WeakMap<Passing, Course> | undefined
  #closing = false
  #frames: FrameChannel | undefined
  #link: { readonly own: WsLink; readonly view: WsLink } | undefined

  constructor(socket: Websocket, passage: Passage) {
    super(socket)
    this.#passage = passage
  }

  override get state(): Websocket['state'] {
    const state = super.state
    return this.#closing && state === 'open' ? 'closing' : state
  }

  override get link(): WsLink {
    const own = super.link
    // A socket that is opening has another link once it is open.
    if (this.#link?.own !== own) this.#link = { own, view: this.#linkView(own) }
    return this.#link.view
  }

  override get frames(): FrameChannel {
    this.#frames ??= this.#framesView(super.frames)
    return this.#frames
  }

  override send(message: WsMessage | string | Uint8Array): boolean {
    if (this.#passage.outgoing === undefined) return !this.#closing && super.send(message)
    if (this.#closing) return false
    const whole = message instanceof WsMessage ? message : WsMessage.of(message)
    const course = this.#passage.outgoing(whole)
    // No closure for what goes straight on, as most messages do.
    return course === STRAIGHT ? super.send(whole) : this.#sendBy(course, whole)
  }

  override close(status: WsStatus = NORMAL): void {
    if (this.#closing) return
    if (this.#passage.close === undefined || this.state === 'closed') {
      super.close(status)
      return
    }
    checkReason(status)
    this.#closing = true
    this.#passage.close(() => super.close(status))
  }

  override onMessage(fn: (message: WsMessage) => unknown): () => void {
    if (this.#passage.incoming === undefined) return super.onMessage(fn)
    return this.#listen(fn, (receive) => super.onMessage(receive))
  }

  #listen<T extends Passing>(
    fn: (item: T) => unknown,
    on: (receive: (item: T) => unknown) => () => void,
  ): () => void {
    const listener = { fn }
    const remove = on((item) => {
      const course = this.#courseOf(item)
      return course === STRAIGHT ? fn(item) : this.#listeners.deliverBy(course, listener, item)
    })
    this.#listeners.add(listener)
    return () => {
      this.#listeners.remove(listener)
      remove()
    }
  }

  #courseOf(item: Passing): Course {
    // If several have listened, one may have been removed after the others heard this very item.
    if (this.#courses === undefined && this.#listeners.size <= 1)
      return this.#passage.incoming!(item)
    this.#courses ??= new WeakMap()
    let course = this.#courses.get(item)
    if (course === undefined) {
      course = this.#passage.incoming!(item)
      this.#courses.set(item, course)
    }
    return course
  }

  #sendBy(course: Course<boolean>, message: WsMessage): boolean {
    return course(() => super.send(message))
  }

  #sendFrame(frame: Frame, send: (frame: Frame) => boolean): boolean {
    return !this.#closing && this.#passage.outgoing!(frame)(() => send(frame))
  }

  #framesView(channel: FrameChannel): FrameChannel {
    const { incoming, outgoing } = this.#passage
    return {
      get masking() {
        return channel.masking
      },
      set masking(masking) {
        channel.masking = masking
      },
      onFrame: (fn) =>
        incoming === undefined
          ? channel.onFrame(fn)
          : this.#listen(fn, (receive) => channel.onFrame(receive)),
      send: (frame) =>
        outgoing === undefined
          ? channel.send(frame)
          : this.#sendFrame(frame, (sent) => channel.send(sent)),
    }
  }

  /** The link, except that the frames it sends go through the passage. */
  #linkView(link: WsLink): WsLink {
    if (this.#passage.outgoing === undefined || link.sendFrame === undefined) return link
    const sendFrame = (frame: Frame): boolean =>
      this.#sendFrame(frame, (sent) => link.sendFrame!(sent))
    return new Proxy(link, {
      get(target, name) {
        if (name === 'sendFrame') return sendFrame
        // With the link itself for `this`: its class may have private members.
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    })
  }
}
