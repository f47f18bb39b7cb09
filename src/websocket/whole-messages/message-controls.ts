import { type FrameType, PONG } from '../../protocol/frame/frame-type.ts'
import { ControlEvents, type ControlOwner } from '../socket/control-events.ts'
import { type PingOwner, Pings } from '../socket/pings.ts'
import type { SocketSettings } from '../socket/socket-settings.ts'
import { type LinkOwner, PingingLink } from './message-link.ts'

/** What the control frames of a socket ask of it. */
export interface ControlledSocket extends ControlOwner, PingOwner, LinkOwner {
  readonly settings: SocketSettings
  ping(data: Uint8Array): void
  /** Delivers now, or behind what waits. */
  inOrder(deliver: () => void): void
}

/** The control frames of one `MessageWebsocket`. Adapters pass it in, so that bundles without it need not contain it. */
export class MessageControls {
  readonly pings: Pings
  readonly #socket: ControlledSocket
  #events: ControlEvents | undefined

  constructor(socket: ControlledSocket) {
    const { settings } = socket
    this.#socket = socket
    this.pings = new Pings(socket, settings.clock, settings)
  }

  /** A link with pings and control frames. */
  link(): PingingLink {
    return new PingingLink(this.#socket, this)
  }

  /** The listeners, made for the first one. */
  get events(): ControlEvents {
    this.#events ??= new ControlEvents(this.#socket)
    return this.#events
  }

  /** A control frame came, and the runtime has handled it. */
  came(type: FrameType, payload: Uint8Array<ArrayBuffer>): void {
    const expected = type === PONG && this.pings.pong(payload)
    const events = this.#events
    if (events !== undefined) {
      this.#socket.inOrder(() => events.control(type, payload, expected))
    }
  }
}
