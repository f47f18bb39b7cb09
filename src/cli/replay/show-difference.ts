import type { TrafficEntry } from '../../filters/traffic-entry.ts'
import { decodeBase64 } from '../../protocol/bytes/base64.ts'
import { hexOf } from '../../protocol/errors/quote.ts'
import type { ReplayDifference } from '../../testing/replay/replayed-connection.ts'
import { escapeText } from '../terminal/escape.ts'

/** How much of a text is shown, and how much of that before the first difference. */
const SHOWN = 200
const BEFORE = 40
const SHOWN_BYTES = 48

/** One difference for people: which connection, when (by the recording, if it has it), what was recorded, and what came. */
export function showDifference({
  connection,
  recorded,
  replayed,
  error,
}: ReplayDifference): string {
  const { at = 0 } = recorded ?? replayed ?? {}
  const from = firstDifference(textOf(recorded), textOf(replayed))
  return [
    `connection ${connection}, ${(at / 1_000).toFixed(3)} s`,
    `  recorded: ${showEntry(recorded, from)}`,
    `  replayed: ${error === undefined ? showEntry(replayed, from) : escapeText(error.message)}`,
    '',
  ].join('\n')
}

/** What happened, on one line; of a long text, what is around the place that counts. */
export function showEntry(entry: TrafficEntry | undefined, from = 0): string {
  if (entry === undefined) return 'nothing'
  switch (entry.kind) {
    case 'open':
      return `opened, ${entry.protocol === '' ? 'no subprotocol' : `subprotocol '${entry.protocol}'`}`
    case 'error':
      return escapeText(`${entry.name}: ${entry.message}`)
    case 'close':
      return escapeText(
        `closed with ${entry.code}${entry.reason === '' ? '' : ` '${entry.reason}'`}`,
      )
    case 'message':
      return entry.text === undefined
        ? showBytes(entry.base64 ?? '')
        : `text ${escapeText(excerpt(entry.text, from))}`
  }
}

function showBytes(base64: string): string {
  const bytes = decodeBase64(base64)
  return `binary, ${bytes.length} bytes: ${hexOf(bytes, SHOWN_BYTES)}`
}

function excerpt(text: string, from: number): string {
  const start = from <= BEFORE * 2 ? 0 : from - BEFORE
  const end = start + SHOWN
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

function textOf(entry: TrafficEntry | undefined): string {
  return entry?.kind === 'message' ? (entry.text ?? '') : ''
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}
