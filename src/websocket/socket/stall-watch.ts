import { OverflowException } from '../errors.ts'
import type { Clock } from '../support/clock.ts'
import type { InboundGauge } from './inbound-gauge.ts'
import type { SocketEvents } from './socket-events.ts'

/** How many milliseconds reading may be paused before that is reported. */
const LONG = 30_000

/** What a watch needs of its socket. */
export interface StallOwner {
  readonly settings: { readonly clock: Clock }
  readonly gauge: InboundGauge
  readonly events: Pick<SocketEvents, 'report'>
}

/**
 * Reports when listeners have kept reading paused for long. A promise that a listener returned may be waiting for a
 * message that is not read until that promise settles: without a report, the connection would just stand still.
 */
export class StallWatch {
  readonly #owner: StallOwner
  #cancel: (() => void) | undefined

  constructor(owner: StallOwner) {
    this.#owner = owner
  }

  /** Reading is paused. */
  begin(): void {
    const { settings, gauge, events } = this.#owner
    this.#cancel ??= settings.clock.after(LONG, () =>
      events.report(
        new OverflowException(
          `nothing has been read for ${LONG / 1000} s: ${gauge.messages} messages were not taken yet, or the promises of their listeners are pending`,
        ),
      ),
    )
  }

  /** Reading goes on, or the socket has ended. */
  end(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
