import type { TrafficEntry } from '../../filters/traffic-entry.ts'

/**
 * The entries of a recording that was kept as JSON lines, as `recordFile` of `antiphon/node` does. Throws a `TypeError`
 * that names the line for anything but an entry.
 */
export function readCassette(text: string): TrafficEntry[] {
  const entries: TrafficEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') entries.push(entryOf(line, index + 1))
  }
  return entries
}

function entryOf(line: string, number: number): TrafficEntry {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new TypeError(`line ${number} of the cassette is not JSON: ${line.slice(0, 80)}`, {
      cause,
    })
  }
  if (isEntry(value)) return value
  throw new TypeError(
    `line ${number} of the cassette is no entry of a recording: ${line.slice(0, 80)}`,
  )
}

function isEntry(value: unknown): value is TrafficEntry {
  if (!isRecord(value) || !has(value, 'number', 'connection', 'at')) return false
  const { kind, direction, headers } = value
  if (direction !== undefined && direction !== 'in' && direction !== 'out') return false
  if (kind === 'open') return has(value, 'string', 'url', 'protocol') && isFieldList(headers)
  if (kind === 'error') return has(value, 'string', 'name', 'message')
  if (kind === 'close') return has(value, 'number', 'code') && has(value, 'string', 'reason')
  const content = has(value, 'string', 'text') !== has(value, 'string', 'base64')
  const { mode } = value
  return (
    kind === 'message' &&
    direction !== undefined &&
    content &&
    (mode === 'text' || mode === 'binary')
  )
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
