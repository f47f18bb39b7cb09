import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { turn } from '../clock/in-time.ts'
import { ReplayedConnection, type Replaying } from './replayed-connection.ts'

/** How the client's half of a recording is played. */
export interface Playing extends Replaying {
  /** Milliseconds, from an arbitrary start. */
  now(): number
  /** Lets time pass until then, if it is to pass as it did. */
  reach(time: number, entry: TrafficEntry): MaybePromise<void>
  /** Milliseconds to wait for what came `after` so many in the recording. */
  patience(after: number): number
  /** Once it is aborted, nothing more is played either. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Does what clients did, in the same order over all connections, and compares what the server does. Rejects with a
 * `TypeError` for entries of a connection whose opening was not recorded.
 */
export async function playClient(entries: Iterable<TrafficEntry>, playing: Playing): Promise<void> {
  const { signal, differs } = playing
  const isStopped = (): boolean => signal?.aborted === true
  const connections = new Map<number, ReplayedConnection | undefined>()
  const openedAt = new Map<number, number>()
  const playedTo = new Map<number, number>()

  async function open(entry: OpenEntry): Promise<void> {
    const { connection } = entry
    openedAt.set(connection, playing.now())
    try {
      connections.set(connection, await ReplayedConnection.open(entry, playing))
    } catch (error) {
      connections.set(connection, undefined)
      if (isStopped()) return
      differs({ connection, recorded: entry, replayed: undefined, error: asError(error) })
    }
  }

  for (const entry of entries) {
    const { connection } = entry
    if (isStopped()) break
    if (entry.kind === 'open') {
      await open(entry)
    } else if (!connections.has(connection)) {
      throw new TypeError(
        `an entry of kind '${entry.kind}' is of connection ${connection}, whose opening was not recorded before`,
      )
    }
    const after = entry.at - (playedTo.get(connection) ?? 0)
    playedTo.set(connection, entry.at)
    const replayed = connections.get(connection)
    await playing.reach((openedAt.get(connection) ?? 0) + entry.at, entry)
    if (replayed === undefined || isStopped()) continue
    replayed.act(entry)
    await replayed.compare(entry, playing.patience(after))
  }
  await turn()
  for (const replayed of connections.values()) replayed?.end()
}
