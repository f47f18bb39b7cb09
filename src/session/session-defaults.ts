import { type RequestKey, requestKey } from '../websocket/request/request-key.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { duration } from '../websocket/support/option-checks.ts'
import { boundsOf } from './channel/channel-bounds.ts'
import { checkConverter } from './converter-of.ts'
import type { DefaultSessionOptions } from './default-session.ts'

/** The options of sessions that a server's configuration gives. */
export type SessionDefaults = Pick<
  DefaultSessionOptions,
  'channels' | 'clock' | 'closeTimeout' | 'contentConverter'
>

/** Engines put them into their requests. */
export const sessionDefaultsKey: RequestKey<SessionDefaults> =
  /* @__PURE__ */ requestKey<SessionDefaults>('session defaults', { value: {} })

/** The options, with those of the request's server where they leave something open. */
export function withSessionDefaults<O extends SessionDefaults>(
  options: O,
  request: UpgradeRequest,
): O {
  const defaults = request.get(sessionDefaultsKey)
  return {
    ...options,
    channels: options.channels ?? defaults.channels,
    clock: options.clock ?? defaults.clock,
    closeTimeout: options.closeTimeout ?? defaults.closeTimeout,
    contentConverter: options.contentConverter ?? defaults.contentConverter,
  }
}

/** Throws a `RangeError` or a `TypeError` for invalid options: when a route is made, and not only when a peer connects. */
export function checkSessionOptions(options: DefaultSessionOptions): void {
  boundsOf(options.channels)
  checkConverter(options.contentConverter)
  duration('closeTimeout', options.closeTimeout, 0)
  duration('pingInterval', options.pingInterval ?? 0, 0)
  duration('pongTimeout', options.pongTimeout, 0)
}
