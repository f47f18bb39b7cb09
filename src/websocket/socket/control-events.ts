import { Frame } from '../../protocol/frame/frame.ts'
import { type FrameType, PONG } from '../../protocol/frame/frame-type.ts'
import { eachListener, type Listeners, once, withListener, withoutListener } from './listeners.ts'
import type { SocketEvents } from './socket-events.ts'

type ControlListener = (frame: Frame) => unknown
type PongListener = (data: Uint8Array<ArrayBuffer>) => unknown

/** What control events need of their socket. */
export interface ControlOwner {
  readonly events: SocketEvents
  /** What a listener threw or rejected with. */
  fault(error: Error): void
}

/** The listeners of one socket for control frames. */
export class ControlEvents {
  readonly #owner: ControlOwner
  #pongs: Listeners<PongListener>
  #controls: Listeners<ControlListener>

  constructor(owner: ControlOwner) {
    this.#owner = owner
  }

  onPong(fn: PongListener): () => void {
    this.#pongs = withListener(this.#pongs, fn)
    return once(() => {
      this.#pongs = withoutListener(this.#pongs, fn)
    })
  }

  onControl(fn: ControlListener): () => void {
    this.#controls = withListener(this.#controls, fn)
    return once(() => {
      this.#controls = withoutListener(this.#controls, fn)
    })
  }

  /** Calls the listeners. `expected`: it answers the ping timer, so `onPong` does not hear of it. */
  control(type: FrameType, payload: Uint8Array<ArrayBuffer>, expected: boolean): void {
    const { events } = this.#owner
    const fault = (error: Error): void => this.#owner.fault(error)
    if (type === PONG && !expected) {
      for (const listener of eachListener(this.#pongs)) events.guard(() => listener(payload), fault)
    }
    if (this.#controls === undefined) return
    const frame = Frame.byType(true, type, payload)
    for (const listener of eachListener(this.#controls)) events.guard(() => listener(frame), fault)
  }
}
