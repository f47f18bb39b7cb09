import { liftWs } from '../../filters/lift.ts'
import { record } from '../../filters/record.ts'
import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { polyOf } from '../../serving/engine.ts'
import {
  type RequestPeer,
  type UpgradeRequest,
  upgradeRequest,
} from '../../websocket/request/upgrade-request.ts'
import { headersFrom } from '../../websocket/support/headers-from.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import { PATIENCE } from '../expect/verdict.ts'
import {
  CONNECTION_OPTIONS,
  type OfflineOptions,
  type TestApp,
} from '../offline/offline-options.ts'
import { offlineUpgrade } from '../offline/offline-upgrade.ts'
import { playClient } from './play-client.ts'
import type { ReplayDifference, ReplayingSocket } from './replayed-connection.ts'

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
  /** Milliseconds to wait for what the recording says comes next; half as long after what did not come. Default 2,000. */
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
  const { within = PATIENCE, ...offline } = options
  const { clock } = offline
  const differences: ReplayDifference[] = []
  await playClient(entries, {
    open: (entry, heard) => openOffline(entry, app, offline, heard),
    now: () => clock?.now() ?? 0,
    reach: (time) => clock?.advance(Math.max(0, time - clock.now())),
    patience: () => within,
    differs: (difference) => differences.push(difference),
  })
  return differences
}

async function openOffline(
  entry: OpenEntry,
  app: TestApp,
  { request = same, ...options }: Omit<ReplayOptions, 'within'>,
  heard: (entry: TrafficEntry) => void,
): Promise<ReplayingSocket> {
  const recorded = liftWs(record(heard))(polyOf(app))
  const asked = request(requestOf(entry, options))
  const { client, start } = await offlineUpgrade(recorded, asked, options).connection
  // What the application sends is seen on its own side.
  client.onMessage(() => {})
  start()
  return client
}

function requestOf({ method, url, headers: fields }: OpenEntry, peer: RequestPeer): UpgradeRequest {
  const headers = headersFrom(fields)
  return upgradeRequest({
    method,
    url,
    peer,
    header: (name) => headers.get(name),
    headers: () => headers,
    raw: () => new Request(url, { method, headers }),
  })
}

function same<T>(value: T): T {
  return value
}
