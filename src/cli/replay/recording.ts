import { createReadStream } from 'node:fs'
import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { quote } from '../../protocol/errors/quote.ts'
import { readEntry } from '../../testing/replay/cassette.ts'
import { CommandError } from '../arguments/command-error.ts'
import { linesOf } from '../terminal/lines.ts'

/** One connection of a recording, and what happened on it. */
export interface RecordedConnection {
  readonly open: OpenEntry
  readonly entries: readonly TrafficEntry[]
}

/**
 * What is in a file of `recordFile` or `connect --record`, without the faults of the server, which do not show. Such files
 * are appended to, so numbers of connections come again: here, each has one of its own. `tell` hears of a last line that was
 * cut, which is left out. Rejects with a `CommandError` for anything else.
 */
export async function readRecording(
  path: string,
  tell: (line: string) => void,
): Promise<readonly TrafficEntry[]> {
  const entries = numbered(path, await entriesOf(path, tell))
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

async function entriesOf(
  path: string,
  tell: (line: string) => void,
): Promise<readonly TrafficEntry[]> {
  const entries: TrafficEntry[] = []
  let number = 0
  let cut: Error | undefined
  for await (const line of linesIn(path)) {
    number++
    if (cut !== undefined) throw unusable(path, cut.message)
    if (line.trim() === '') continue
    try {
      entries.push(readEntry(line, number))
    } catch (error) {
      // Who recorded may have ended in the middle of a line: then it is the last one.
      const mayBeCut = entries.length > 0 && (error as Error).cause instanceof SyntaxError
      if (!mayBeCut) throw unusable(path, (error as Error).message)
      cut = error as Error
    }
  }
  if (cut !== undefined) tell(`${cut.message}: left out, since it is the last one`)
  return entries
}

async function* linesIn(path: string): AsyncGenerator<string, void, undefined> {
  try {
    // Not at once: a file may be larger than a string can be.
    yield* linesOf(createReadStream(path), { mayBeCut: true })
  } catch (cause) {
    if (cause instanceof TypeError)
      throw unusable(path, 'it has no lines of UTF-8 of at most 256 MiB')
    throw new CommandError(2, `cannot read ${quote(path)}: ${(cause as Error).message}`, { cause })
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
