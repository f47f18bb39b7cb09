import { isUint8Array } from '../protocol/bytes/content.ts'
import { hexOf, quote } from '../protocol/errors/quote.ts'
import { WsMessage } from '../websocket/ws-message.ts'

const MAX_BYTES = 16

/** A value for an error message: short, on one line, and without anything that a log or a terminal would obey. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'object' && value !== null) return showObject(value)
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  return typeof value === 'bigint' ? 'a bigint' : String(value)
}

function showObject(value: object): string {
  try {
    if (value instanceof WsMessage)
      return show(value.mode === 'text' ? value.text() : value.bytes())
    if (isUint8Array(value)) {
      return `bytes (${value.length}) ${hexOf(value, MAX_BYTES)}`.trimEnd()
    }
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toJSON()
    if (Array.isArray(value)) return `an array of ${value.length}`
  } catch {
    // A proxy may throw whenever it is inspected; what it is does not matter then.
  }
  return 'an object'
}
