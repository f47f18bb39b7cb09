import { record } from '../../filters/record.ts'
import type { OpenEntry, TrafficEntry } from '../../filters/traffic-entry.ts'
import { openSocket } from '../../node/client/connect.ts'
import type { ConnectOptions } from '../../node/client/connect-options.ts'
import { parseTokens } from '../../protocol/headers/header-tokens.ts'
import { withHeaders } from '../../session/client/frame-session-client.ts'
import { fieldsOf } from '../../session/client/session-client-request.ts'
import { playClient } from '../../testing/replay/play-client.ts'
import type { OpenRecorded, ReplayDifference } from '../../testing/replay/replayed-connection.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import { CommandError } from '../arguments/command-error.ts'
import { callersMistakes } from '../shared/client-options.ts'
import { otherSide } from '../shared/other-side.ts'
import { pause } from './pause.ts'

/** How the client's half of a recording is played to a server. */
export interface ServerTarget {
  /** Takes path and query from the recording, if its own path is `/` and it has no query. */
  readonly url: string
  /** Its headers and subprotocols go before those of the recording. */
  readonly connect: ConnectOptions
  readonly clock: Clock
  /** Leaves out what was quiet. */
  readonly fast: boolean
  /** Milliseconds that an answer may take longer than it did. */
  readonly within: number
  readonly signal: AbortSignal
}

/** Does what the clients did, and tells how the server's answers differ. Rejects with a `CommandError`. */
export async function playToServer(
  entries: readonly TrafficEntry[],
  target: ServerTarget,
  tell: (difference: ReplayDifference) => void,
): Promise<void> {
  const { clock, fast, within, signal } = target
  await playClient(entries, {
    open: opener(target),
    now: clock.now,
    reach(time, entry) {
      // What the server does is waited for when it is compared.
      if (fast || isOfServer(entry)) return
      return pause(time - clock.now(), clock, signal)
    },
    patience: (after) => after + within,
    differs(difference) {
      // What cannot be sent at all is no answer.
      if (difference.error instanceof CommandError) throw difference.error
      tell(difference)
    },
    signal,
  })
}

function opener({ url, connect, signal }: ServerTarget): OpenRecorded {
  return async (entry, heard) => {
    const options = { ...connect, ...openingOf(entry, connect), signal }
    const { socket } = await callersMistakes(() =>
      openSocket(targetOf(url, entry), options, (opened) =>
        record((done) => heard(otherSide(done)))((view) => {
          view.onMessage(() => {})
        })(opened.socket),
      ),
    )
    return socket
  }
}

/** Where a connection goes. */
export function targetOf(url: string, { url: recorded }: OpenEntry): string {
  // What is no URL is told when it is opened.
  if (!URL.canParse(url)) return url
  const target = new URL(url)
  if (target.pathname !== '/' || target.search !== '') return url
  const { pathname, search } = new URL(recorded)
  target.pathname = pathname
  target.search = search
  return target.href
}

/** Headers of the handshake, and of one connection. */
const OWN =
  /^(?:host|connection|upgrade|sec-websocket-.*|content-length|transfer-encoding|http2-settings)$/

/** What stands for a secret in a recording. */
const HIDDEN = '***'

/** The headers and subprotocols of the recording, except for those that are given, and those that it hides. */
export function openingOf(
  { headers }: OpenEntry,
  { headers: given = [], protocols = [] }: ConnectOptions,
): Pick<ConnectOptions, 'headers' | 'protocols'> {
  const recorded = headers.filter(([name, value]) => !OWN.test(name) && !value.includes(HIDDEN))
  const [, offer = ''] = headers.find(([name]) => name === 'sec-websocket-protocol') ?? []
  const offered = (parseTokens(offer) ?? []).filter((name) => !name.includes(HIDDEN))
  return {
    headers: withHeaders(fieldsOf(recorded), given),
    protocols: protocols.length > 0 ? protocols : offered,
  }
}

function isOfServer(entry: TrafficEntry): boolean {
  return (entry.kind === 'message' || entry.kind === 'close') && entry.direction === 'out'
}
