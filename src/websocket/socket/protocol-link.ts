import type { CloseRecord } from '../../protocol/close/close-record.ts'
import type { Connection } from '../../protocol/connection/connection.ts'
import type { WebSocketExtension } from '../../protocol/extension/extension.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import { type Capability, type EngineTraits, OWN_ENGINE } from '../capability.ts'
import type { OwnLink } from '../own-link.ts'
import { amount } from '../support/option-checks.ts'
import type { CapableLink, PingTimes, SizeLimits } from '../ws-link.ts'
import { checkedPings } from './pings.ts'
import type { SocketCore } from './socket-core.ts'

/** The full link: our own engine can do everything. */
export class ProtocolLink implements CapableLink<Capability>, OwnLink {
  readonly #core: SocketCore
  #limits: SizeLimits | undefined

  constructor(core: SocketCore) {
    this.#core = core
  }

  get engine(): EngineTraits<never> {
    return OWN_ENGINE
  }

  pause(): void {
    this.#core.holdReading(true)
  }

  resume(): void {
    this.#core.holdReading(false)
  }

  ping(data: Uint8Array = new Uint8Array()): void {
    this.#core.ping(data)
  }

  onPong(fn: (data: Uint8Array<ArrayBuffer>) => void): () => void {
    return this.#core.controls.onPong(fn)
  }

  onControl(fn: (frame: Frame) => void): () => void {
    return this.#core.controls.onControl(fn)
  }

  flush(): Promise<void> {
    return this.#core.sender.flush()
  }

  sendFrame(frame: Frame): boolean {
    return this.#core.sendFrame(frame)
  }

  get limits(): SizeLimits {
    this.#limits ??= checkedLimits(this.#core.connection)
    return this.#limits
  }

  get pings(): PingTimes {
    return this.#core.pings.times
  }

  set pings(pings: PingTimes) {
    this.#core.pings.times = checkedPings(pings)
  }

  get closeRecord(): CloseRecord | undefined {
    return this.#core.closeRecord
  }

  get extensions(): readonly WebSocketExtension[] {
    return this.#core.connection.extensions
  }

  get unheard(): number {
    return this.#core.messages.unheard
  }

  get deaf(): boolean {
    return this.#core.connection.deaf
  }
}

/** The limits of the connection, which reads them for each frame: they are checked when they are set. */
function checkedLimits(connection: Connection): SizeLimits {
  const set = (name: keyof SizeLimits, bytes: number): void => {
    const limit = amount(name, bytes)
    if (Object.isFrozen(connection.limits)) connection.limits = { ...connection.limits }
    connection.limits[name] = limit
  }
  return {
    get maxFrameSize() {
      return connection.limits.maxFrameSize
    },
    set maxFrameSize(bytes) {
      set('maxFrameSize', bytes)
    },
    get maxMessageSize() {
      return connection.limits.maxMessageSize
    },
    set maxMessageSize(bytes) {
      set('maxMessageSize', bytes)
    },
  }
}
