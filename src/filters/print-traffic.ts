import { hexOf } from '../protocol/errors/quote.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { amount } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { escapeText } from './escape.ts'
import { harmless } from './harmless.ts'
import { bytesOf, type DataPassing, isFinal, modeOf, textOf } from './passing.ts'
import { SECRETS_OPTIONS, Secrets, type SecretsOptions } from './secrets.ts'
import { watchingHandshake } from './watch-handshake.ts'

/** Options of `printTraffic`. */
export interface PrintOptions extends SecretsOptions {
  /** How much of a message is shown, in characters of text or in bytes. Default 256; 0 for none. */
  readonly maxBody?: number | undefined
}

const PRINT_OPTIONS: OptionNames<PrintOptions> = { ...SECRETS_OPTIONS, maxBody: 0 }

/** Printed of a name or a text that is not a body. */
const MAX_TEXT = 1024

/**
 * Prints requests and how they were answered, and of the sockets they open each message, fault and close, whichever
 * side closed: one line each, numbered by request. Secrets in headers and queries are shown as `***`, messages are cut,
 * and whatever could forge a line or steer a terminal is escaped.
 *
 *     #1 GET http://localhost/rooms/7?token=*** host: localhost; cookie: ***
 *     #1 101
 *     #1 received text 5: hello
 *     #1 sent binary 3: 01 02 03
 *     #1 closed by the peer: 1000 bye
 */
export function printTraffic(
  sink: (line: string) => unknown = console.log,
  options: PrintOptions = {},
): HandshakeFilter {
  checkNames('printTraffic()', options, PRINT_OPTIONS)
  const secrets = new Secrets(options)
  const maxBody = amount('maxBody', options.maxBody, 256)
  const print = harmless('the sink of printTraffic', sink)
  let requests = 0

  return watchingHandshake((request) => {
    let number: number | undefined
    function line(text: string): void {
      if (number === undefined) {
        number = ++requests
        print(`#${number} ${requestLine(request, secrets)}`)
      }
      print(`#${number} ${text}`)
    }
    return {
      answered: (status) => line(`${status}`),
      opened(socket) {
        line(socket.protocol === '' ? '101' : `101 ${escapeText(socket.protocol)}`)
        return {
          received: (item) => line(`received ${describe(item, maxBody)}`),
          sent: (item) => line(`sent ${describe(item, maxBody)}`),
          failed: (error) => line(`failed: ${escapeText(String(error), MAX_TEXT)}`),
          closed: (status) => line(closeLine(socket, status)),
        }
      },
    }
  })
}

function requestLine(request: UpgradeRequest, secrets: Secrets): string {
  const headers = secrets.headers(request.headers).map(([name, value]) => `${name}: ${value}`)
  const target = `${request.method} ${secrets.url(request.url)}`
  return `${escapeText(target)} ${escapeText(headers.join('; '))}`
}

function describe(item: DataPassing, maxBody: number): string {
  const kind = `${modeOf(item)}${isFinal(item) ? '' : ' fragment'} ${item.byteLength}`
  if (maxBody === 0) return kind
  const text = textOf(item)
  const body = text === undefined ? hexOf(bytesOf(item), maxBody) : escapeText(text, maxBody)
  return `${kind}: ${body}`
}

function closeLine(socket: Websocket, { code, message }: WsStatus): string {
  const initiator = socket.link.closeRecord?.initiator
  const by = { local: ' by this side', remote: ' by the peer', transport: '', unknown: '' }
  return `closed${by[initiator ?? 'unknown']}: ${code} ${escapeText(message)}`.trimEnd()
}
