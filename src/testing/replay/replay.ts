import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { asError } from '../../protocol/errors/thrown.ts'
import type { UpgradeRequest } from '../../websocket/request/upgrade-request.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import { turn } from '../clock/in-time.ts'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import { PATIENCE } from '../expect/verdict.ts'
import {
  CONNECTION_OPTIONS,
  type OfflineOptions,
  type TestApp,
} from '../offline/offline-options.ts'
import { type ReplayDifference, ReplayedConnection } from './replayed-connection.ts'

/** Options of `replay`. */
export interface ReplayOptions
  extends Omit<OfflineOptions, 'protocols' | 'headers' | 'mode' | 'signal' | 'clock'> {
  /**
   * Changes each request before it is sent: recordings hide credentials, and here they are put back. What
   * `Header.string().required('Authorization').create('Bearer test')` gives is such a function.
   */
  readonly request?: ((recorded: UpgradeRequest) => UpgradeRequest) | undefined
  /** On it, time passes as it did when the recording was made: give the application the same clock. */
  readonly clock?: VirtualClock | undefined
  /** Milliseconds to wait for what the recording says comes next. Default 2,000. */
  readonly within?: number | undefined
}

const REPLAY_OPTIONS: OptionNames<ReplayOptions> = { ...CONNECTION_OPTIONS, request: 0, within: 0 }

/**
 * Plays recorded traffic to an application, offline: what came in then comes in now, in the same order over all
 * connections, and what the application does is compared with what it did: messages, faults and closes, but not their
 * times. Resolves to the differences; if there are none, it has done the same. A connection that does not open any more is
 * one difference, whatever came after. Rejects with a `TypeError` for an unknown option, and for
 * entries of a connection whose opening was not recorded.
 */
export async function replay(
  entries: Iterable<TrafficEntry>,
  app: TestApp,
  options: ReplayOptions = {},
): Promise<readonly ReplayDifference[]> {
  checkNames('replay()', options, REPLAY_OPTIONS)
  const { clock, within = PATIENCE } = options
  const connections = new Map<number, ReplayedConnection | undefined>()
  const openedAt = new Map<number, number>()
  const differences: ReplayDifference[] = []

  async function open(entry: OpenEntry): Promise<void> {
    const { connection } = entry
    openedAt.set(connection, clock?.now() ?? 0)
    try {
      connections.set(connection, await ReplayedConnection.open(entry, app, options))
    } catch (error) {
      connections.set(connection, undefined)
      const failed = { connection, recorded: entry, replayed: undefined, error: asError(error) }
      differences.push(failed)
    }
  }

  for (const entry of entries) {
    const { connection } = entry
    if (entry.kind === 'open') {
      await open(entry)
    } else if (!connections.has(connection)) {
      throw new TypeError(
        `an entry of kind '${entry.kind}' is of connection ${connection}, whose opening was not recorded before`,
      )
    }
    const passed = (openedAt.get(connection) ?? 0) + entry.at
    clock?.advance(Math.max(0, passed - clock.now()))
    const replayed = connections.get(connection)
    if (replayed === undefined) continue
    replayed.act(entry)
    const difference = await replayed.compare(entry, within)
    if (difference !== undefined) differences.push(difference)
  }
  await turn()
  for (const replayed of connections.values()) differences.push(...(replayed?.end() ?? []))
  return differences
}
