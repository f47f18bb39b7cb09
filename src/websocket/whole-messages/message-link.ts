import type { CloseRecord } from '../../protocol/close/close-record.ts'
import type { WebSocketExtension } from '../../protocol/extension/extension.ts'
import { type Frame, PingFrame } from '../../protocol/frame/frame.ts'
import type { EngineTraits } from '../capability.ts'
import type { OwnLink } from '../own-link.ts'
import { refusePings } from '../refuse-pings.ts'
import type { ControlEvents } from '../socket/control-events.ts'
import { PauseReason } from '../socket/pause-reason.ts'
import { checkedPings, type Pings } from '../socket/pings.ts'
import type { PingTimes, SizeLimits, WsLink } from '../ws-link.ts'

/** What a `MessageLink` asks of its socket. */
export interface LinkOwner {
  readonly engine: EngineTraits
  readonly limits: SizeLimits
  readonly record: CloseRecord | undefined
  readonly messages: { readonly unheard: number }
  ping(data: Uint8Array): void
  hold(reason: number, on: boolean): void
  flush(): Promise<void>
}

/** The link of a `MessageWebsocket`: it has the members that its engine does not lack. */
export class MessageLink implements OwnLink {
  readonly engine: EngineTraits
  readonly extensions: readonly WebSocketExtension[] = []
  readonly limits: SizeLimits
  declare readonly pause?: () => void
  declare readonly resume?: () => void
  readonly #owner: LinkOwner

  constructor(owner: LinkOwner) {
    this.engine = owner.engine
    this.limits = owner.limits
    this.#owner = owner
    const { lacks } = owner.engine
    if (!lacks.includes('pause')) {
      this.pause = () => owner.hold(PauseReason.LINK, true)
      this.resume = () => owner.hold(PauseReason.LINK, false)
    }
    if (lacks.includes('pings')) refusePings<WsLink>(this, `${owner.engine.name} has no pings`)
  }

  get closeRecord(): CloseRecord | undefined {
    return this.#owner.record
  }

  get unheard(): number {
    return this.#owner.messages.unheard
  }

  flush(): Promise<void> {
    return this.#owner.flush()
  }
}

/** The control frames of a socket, as its link sees them. */
interface LinkControls {
  readonly pings: Pings
  readonly events: ControlEvents
}

/** The same where the runtime pings, and reports control frames. */
export class PingingLink extends MessageLink {
  readonly #owner: LinkOwner
  readonly #controls: LinkControls

  constructor(owner: LinkOwner, controls: LinkControls) {
    super(owner)
    this.#owner = owner
    this.#controls = controls
  }

  get pings(): PingTimes {
    return this.#controls.pings.times
  }

  set pings(pings: PingTimes) {
    this.#controls.pings.times = checkedPings(pings)
  }

  ping(data: Uint8Array = new Uint8Array()): void {
    // The frame checks its payload. It is copied before it is sent, so it may be in memory that is shared.
    this.#owner.ping(new PingFrame(data as Uint8Array<ArrayBuffer>).data)
  }

  onPong(fn: (data: Uint8Array<ArrayBuffer>) => void): () => void {
    return this.#controls.events.onPong(fn)
  }

  onControl(fn: (frame: Frame) => void): () => void {
    return this.#controls.events.onControl(fn)
  }
}
