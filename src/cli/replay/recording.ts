import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { quote } from '../../protocol/errors/quote.ts'
import { readCassette } from '../../testing/replay/cassette.ts'
import { CommandError } from '../arguments/command-error.ts'
import { contentOf } from '../shared/given-message.ts'

/** One connection of a recording, and what happened on it. */
export interface RecordedConnection {
  readonly open: OpenEntry
  readonly entries: readonly TrafficEntry[]
}

/**
 * What is in a file of `recordFile` or `connect --record`, without the faults of the server, which do not show. Such files
 * are appended to, so numbers of connections come again: here, each has one of its own. Rejects with a `CommandError` for
 * anything else.
 */
export async function readRecording(path: string): Promise<readonly TrafficEntry[]> {
  const text = new TextDecoder().decode(await contentOf(path))
  const entries = numbered(path, entriesOf(path, text))
  if (entries.some((entry) => entry.kind === 'message' && entry.fin === false))
    throw unusable(path, 'it has single frames, and only whole messages can be replayed from here')
  if (entries.length === 0) throw unusable(path, 'it is empty')
  return entries.filter(({ kind }) => kind !== 'error')
}

/** The connections of a recording, in the order in which they were opened. */
export function connectionsOf(entries: readonly TrafficEntry[]): readonly RecordedConnection[] {
  const connections = new Map<number, { open: OpenEntry; entries: TrafficEntry[] }>()
  for (const entry of entries) {
    if (entry.kind === 'open') connections.set(entry.connection, { open: entry, entries: [] })
    else connections.get(entry.connection)?.entries.push(entry)
  }
  return [...connections.values()]
}

function entriesOf(path: string, text: string): readonly TrafficEntry[] {
  try {
    return readCassette(text)
  } catch (error) {
    throw unusable(path, (error as Error).message)
  }
}

function numbered(path: string, entries: readonly TrafficEntry[]): readonly TrafficEntry[] {
  const numbers = new Map<number, number>()
  let opened = 0
  return entries.map((entry) => {
    if (entry.kind === 'open') numbers.set(entry.connection, ++opened)
    const connection = numbers.get(entry.connection)
    if (connection !== undefined) return { ...entry, connection }
    throw unusable(path, `it has no opening of connection ${entry.connection}`)
  })
}

function unusable(path: string, why: string): CommandError {
  return new CommandError(2, `${quote(path)} cannot be replayed: ${why}`)
}
