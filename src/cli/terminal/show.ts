import { encodeUtf8 } from '../../protocol/bytes/utf8.ts'
import type { CloseReason } from '../../protocol/close/close-reason.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import type { Frame } from '../../protocol/frame/frame.ts'
import {
  type WebSocketConnectException,
  WebSocketUpgradeException,
} from '../../websocket/errors.ts'
import { escapeText } from './escape.ts'
import { hexDump } from './hex-dump.ts'
import { indentJson } from './indent-json.ts'

/** How many bytes of a binary message are shown. */
const DUMPED = 1024

/** A message, safe for a terminal: text on one line, laid out if it is JSON and `json` is set; bytes as a hex dump. */
export function showFrame(frame: Frame, json: boolean): string {
  if (frame.type !== 'text') return showBytes(frame.readBytes())
  const text = frame.readText()
  const indented = json ? indentJson(text) : undefined
  return (indented?.split('\n') ?? [text]).map(escapeText).join('\n')
}

/** A message as it is, for other programs: text with a line feed after it, bytes with nothing. */
export function rawFrame(frame: Frame, json: boolean): Uint8Array {
  if (frame.type !== 'text') return frame.readBytes()
  const text = frame.readText()
  return encodeUtf8(`${(json ? indentJson(text) : undefined) ?? text}\n`)
}

/** A Ping, a Pong or a Close, with what is in it. */
export function showControl(frame: Frame): string {
  const name = capitalized(frame.type)
  if (frame.type === 'close') return `received ${name}`
  const said = new TextDecoder().decode(frame.data)
  return said === '' ? `received ${name}` : `received ${name} '${said}'`
}

function showBytes(bytes: Uint8Array): string {
  const lines = [`binary, ${counted(bytes.length)}`]
  if (bytes.length > 0) lines.push(hexDump(bytes.subarray(0, DUMPED)))
  if (bytes.length > DUMPED) lines.push(`and ${counted(bytes.length - DUMPED)} more`)
  return lines.join('\n')
}

/** How a connection ended: who began, what each side said, and what went wrong. */
export function showClose({ initiator, local, remote, cause }: CloseRecord): string {
  const began = {
    local: 'closed by this side',
    remote: 'closed by the server',
    transport: 'the connection was lost',
  }[initiator]
  const why = cause === undefined ? '' : `: ${cause.message}`
  return `${began}, sent ${showReason(local)}, received ${showReason(remote)}${why}`
}

function showReason(reason: CloseReason | undefined): string {
  if (reason === undefined) return 'no Close frame'
  if (reason.is(1005)) return 'a Close frame without a code'
  return reason.message === '' ? `${reason.code}` : `${reason.code} '${reason.message}'`
}

/** Why connecting failed, in one line, and what may help. */
export function showCause(error: WebSocketConnectException): string {
  const hint = isUntrusted(error) ? ' (--insecure accepts any certificate)' : ''
  return `${error.message}${hint}`
}

/** Why connecting failed, line by line; of an answer that was no upgrade also its status, headers and body. */
export function showFailure(error: WebSocketConnectException): readonly string[] {
  const first = showCause(error)
  if (!(error instanceof WebSocketUpgradeException)) return [first]
  const { body } = error
  const text = body === '' ? [] : ['', ...body.replace(/\r?\n$/, '').split(/\r?\n/)]
  return [first, ...showHead(error), ...text.map(indented)]
}

/** The head of a response, line by line. */
export function showHead({ status, headers }: Pick<Response, 'status' | 'headers'>): string[] {
  const fields = Array.from(headers, ([name, value]) => `${name}: ${value}`)
  return [`HTTP ${status}`, ...fields].map(indented)
}

function indented(line: string): string {
  return `  ${line}`.trimEnd()
}

/** True if the certificate is at fault: failures of the system or of OpenSSL have nothing to do with it. */
function isUntrusted({ stage, cause }: WebSocketConnectException): boolean {
  if (stage !== 'tls' || !(cause instanceof Error)) return false
  return !('syscall' in cause) && !('library' in cause)
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function counted(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}
