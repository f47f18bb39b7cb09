import { legible } from '../../protocol/errors/quote.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Distribution } from './histogram.ts'
import type { LoadReport } from './report.ts'
import type { Alike } from './tally.ts'

/** The report for people: a row for each fact that there is. */
export function showReport(report: LoadReport): string {
  const { connections, messages, notes } = report
  const rows: [name: string, text: string | undefined][] = [
    [
      'opened',
      `${count(connections.opened)} of ${count(connections.asked)} in ${seconds(connections.time)} (${count(connections.rate)}/s)`,
    ],
    ['', spread(connections.latency)],
    ...alike('refused', connections.refused),
    ...alike('failed', connections.failed),
    ...alike('ended', connections.ended),
    ...sending(report),
    ['answered', spread(messages.latency)],
    ['late', spread(messages.lateness)],
    ['unanswered', some(messages.unanswered)],
    ['unsent', some(messages.unsent)],
    ...alike('closed', connections.closed),
    ...notes.map((note): [string, string] => ['note', note]),
  ]
  const shown = rows.filter(([, text]) => text !== undefined)
  return shown.map(([name, text]) => `${name.padEnd(12)}${text}\n`).join('')
}

/** The report for programs, and safe for a terminal: JSON leaves some of what steers one as it is. */
export function showJson(report: LoadReport): string {
  const lines = JSON.stringify(report, undefined, 2).split('\n')
  return lines.map((line) => `${legible(line)}\n`).join('')
}

/** Milliseconds for people, three digits of them. */
export function shownTime(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`
}

/** Rounded, with a comma between thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms >= 10_000 ? 1 : 2)} s`
}

function spread(distribution: Distribution | null): string | undefined {
  if (distribution === null) return undefined
  const { p50, p90, p99, max } = distribution
  const parts = Object.entries({ p50, p90, p99, max })
  return parts.map(([name, ms]) => `${name} ${shownTime(ms)}`).join(', ')
}

function traffic(messages: number, rate: number, bytes: number): string {
  return `${messagesOf(messages)} (${count(rate)}/s), ${size(bytes)}`
}

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${units[power]}`
}

function sending({ messages, connections, cpu }: LoadReport): [string, string][] {
  if (connections.opened === 0) return []
  return [
    ['sending', `${seconds(messages.time)}, with ${Math.round(cpu * 100)} % of a core`],
    ['sent', traffic(messages.sent, messages.sentRate, messages.bytesSent)],
    ['received', traffic(messages.received, messages.receivedRate, messages.bytesReceived)],
  ]
}

function messagesOf(messages: number): string {
  return messages === 1 ? '1 message' : `${count(messages)} messages`
}

function some(messages: number): string | undefined {
  return messages === 0 ? undefined : messagesOf(messages)
}

function alike(name: string, kinds: readonly Alike[]): [string, string][] {
  return kinds.map(({ kind, count: times, example }, index) => [
    index === 0 ? name : '',
    `${count(times)} with ${kind}${example === '' ? '' : `: ${escapeText(example)}`}`,
  ])
}
