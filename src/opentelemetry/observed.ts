import type { Attributes, Span } from '@opentelemetry/api'
import type { Observer } from '../filters/observe.ts'
import { type DataPassing, isFinal } from '../filters/passing.ts'
import { PING_TIMEOUT } from '../protocol/close/reason.ts'
import { systemClock } from '../websocket/support/clock.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { failed, failedWith } from './active-context.ts'
import type { Instruments } from './instruments.ts'

/** With these close codes, a connection has failed; all others are up to the application. */
const FAILURES: readonly number[] = [1002, 1007, 1011]

/** Not if it was lost, found out by pings or not: that is how a laptop that is shut leaves, and no fault of the server. */
function isFailure({ code, message }: WsStatus): boolean {
  return FAILURES.includes(code) && message !== PING_TIMEOUT.message
}

/** Measures an open connection, and ends its span. */
export function observed(span: Span, instruments: Instruments, route: Attributes): Observer {
  const start = systemClock.now()
  const received = { ...route, 'network.io.direction': 'receive' }
  const sent = { ...route, 'network.io.direction': 'transmit' }
  const count = (item: DataPassing, attributes: Attributes): void => {
    if (isFinal(item)) instruments.message(attributes)
    instruments.bytes(attributes, item.byteLength)
  }
  let hasFailed = false
  instruments.opened(route)
  return {
    received: (item) => count(item, received),
    sent: (item) => count(item, sent),
    failed(error) {
      hasFailed = true
      failed(span, error)
    },
    closed(status) {
      const { code, message } = status
      instruments.closed(route, systemClock.now() - start, code)
      span.setAttribute('websocket.close.code', code)
      if (message !== '') span.setAttribute('websocket.close.reason', message)
      // What was thrown says more than the close that follows it.
      if (isFailure(status) && !hasFailed) failedWith(span, code)
      span.end()
    },
  }
}
