import type { TrafficEntry } from '../../filters/traffic-entry.ts'
import { decodeBase64 } from '../../protocol/bytes/base64.ts'
import { legible } from '../../protocol/errors/quote.ts'

/**
 * The entries of a recording that was kept as JSON lines, as `recordFile` of `antiphon/node` does. Throws a `TypeError`
 * that names the line for anything but an entry.
 */
export function readCassette(text: string): TrafficEntry[] {
  const entries: TrafficEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') entries.push(readEntry(line, index + 1))
  }
  return entries
}

/** One of these lines. What is thrown for a line that is not JSON has a `SyntaxError` for its cause. */
export function readEntry(line: string, number: number): TrafficEntry {
  let value: unknown
  try {
    value = JSON.parse(line.trim())
  } catch (cause) {
    throw new TypeError(`line ${number} of the cassette is not JSON: ${excerpt(line)}`, { cause })
  }
  if (isEntry(value)) return value
  throw new TypeError(`line ${number} of the cassette is no entry of a recording: ${excerpt(line)}`)
}

function excerpt(line: string): string {
  return legible(line.slice(0, 80))
}

function isEntry(value: unknown): value is TrafficEntry {
  if (!isRecord(value) || !has(value, 'number', 'connection', 'at')) return false
  const { kind, direction, mode, url, headers, code, text, base64 } = value
  if (direction !== undefined && direction !== 'in' && direction !== 'out') return false
  if (kind === 'open') return isUrl(url) && has(value, 'string', 'protocol') && isFieldList(headers)
  if (kind === 'error') return has(value, 'string', 'name', 'message')
  if (kind === 'close') return isCode(code) && has(value, 'string', 'reason')
  const content =
    base64 === undefined ? typeof text === 'string' : text === undefined && isBase64(base64)
  return (
    kind === 'message' &&
    direction !== undefined &&
    content &&
    (mode === 'text' || mode === 'binary')
  )
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value)
}

/** In the range of those that there are: a runtime may have let others pass than may be sent. */
function isCode(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1000 && Number(value) <= 4999
}

function isBase64(value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    decodeBase64(value)
    return true
  } catch {
    return false
  }
}

function isFieldList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (field) =>
        Array.isArray(field) &&
        field.length === 2 &&
        field.every((text) => typeof text === 'string'),
    )
  )
}

function has(
  value: Readonly<Record<string, unknown>>,
  type: 'string' | 'number',
  ...names: readonly string[]
): boolean {
  return names.every((name) => typeof value[name] === type)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
