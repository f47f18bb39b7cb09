import { answerHeaders } from '../websocket/request/upgrade-answer.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { harmless } from './harmless.ts'
import { type DataPassing, isFinal } from './passing.ts'
import { watchingHandshake } from './watch-handshake.ts'

/** What went one way. */
export interface Volume {
  readonly messages: number
  /** Of content, before compression. */
  readonly bytes: number
}

/** What became of one request. */
export interface Transaction {
  /** As the filter got it, path parameters included. */
  readonly request: UpgradeRequest
  /** 101, or what was answered over HTTP; for a handler that failed, the status that engines give. */
  readonly response: { readonly status: number; readonly headers: Headers }
  /** How the connection ended, whichever side closed it; `undefined` when there was none. */
  readonly status: WsStatus | undefined
  /** Milliseconds from the request to the end. */
  readonly duration: number
  /** What reached the listeners. */
  readonly received: Volume
  readonly sent: Volume
  readonly labels: Readonly<Record<string, string>>
}

/** Options of `reportTransaction`. */
export interface ReportOptions {
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
  /** Labels for the report, for example `({ request }) => ({ room: request.params.room })`. Default none. */
  readonly labels?:
    | ((transaction: Omit<Transaction, 'labels'>) => Readonly<Record<string, string>>)
    | undefined
}

const REPORT_OPTIONS: OptionNames<ReportOptions> = { clock: 0, labels: 0 }

/**
 * Reports each request once: a connection when it has ended, anything else when it is answered. An upgrade that the
 * handler takes and the server then refuses, for its origin for example, is not reported: the server decides after the
 * filter.
 */
export function reportTransaction(
  report: (transaction: Transaction) => unknown,
  options: ReportOptions = {},
): HandshakeFilter {
  checkNames('reportTransaction()', options, REPORT_OPTIONS)
  const { clock = systemClock, labels = () => ({}) } = options
  checkFunction(report, 'reportTransaction needs a function')
  checkFunction(labels, 'the option labels of reportTransaction has to be a function')
  const tell = harmless('reportTransaction', (transaction: Omit<Transaction, 'labels'>) =>
    report({ ...transaction, labels: labels(transaction) }),
  )

  return watchingHandshake((request) => {
    const start = clock.now()
    const received = new Counter()
    const sent = new Counter()
    function end(response: Transaction['response'], status: WsStatus | undefined): void {
      const duration = clock.now() - start
      tell({
        request,
        response,
        status,
        duration,
        received: received.volume,
        sent: sent.volume,
      })
    }
    return {
      answered: (status, headers) => end({ status, headers }, undefined),
      opened: (socket) => ({
        received: (item) => received.count(item),
        sent: (item) => sent.count(item),
        closed: (status) =>
          end({ status: 101, headers: answerHeaders(socket.upgradeRequest) }, status),
      }),
    }
  })
}

class Counter {
  #messages = 0
  #bytes = 0

  get volume(): Volume {
    return { messages: this.#messages, bytes: this.#bytes }
  }

  count(item: DataPassing): void {
    if (isFinal(item)) this.#messages++
    this.#bytes += item.byteLength
  }
}
