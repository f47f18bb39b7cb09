import type { ClientCall } from '../session/session.ts'
import { BaseSessionClient, type SessionClientOptions } from '../session/session-client.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import type { Websocket } from '../websocket/websocket.ts'
import { pageReason } from './close-codes.ts'
import { begin } from './connect.ts'
import { type PlatformOptions, settingsOf } from './connect-options.ts'

/** How a `SessionClient` connects, and what its sessions are like. */
export interface SessionClientConfig
  extends PlatformOptions,
    Pick<SessionClientOptions, 'channels' | 'contentConverter' | 'protocols'> {}

/**
 * A client of sessions over the platform's `WebSocket`. A close code that the platform cannot send goes out 3000 higher:
 * 1011, when a block throws, as 4011. A request with headers fails with a `NotSupportedException`; so do, in a session,
 * fragments, control frames, `maxFrameSize`, `pingInterval` and `pongTimeout`.
 */
export class SessionClient extends BaseSessionClient<Websocket> {
  /** Throws a `RangeError` that names what is wrong with the configuration. */
  constructor(config: SessionClientConfig = {}) {
    settingsOf(config)
    super(async ({ url, headers, protocols, signal }, _mode, use) => {
      if (headers.length > 0) {
        throw new NotSupportedException(
          `the platform sends no headers of yours: leave out ${headers.map(([name]) => name).join(', ')}`,
        )
      }
      const consumer = (socket: Websocket): void => use({ socket, response: responseOf(socket) })
      await begin(url, { ...config, protocols, signal }, consumer, pageReason).opened
    }, config)
  }
}

/** What can be told of the response. */
function responseOf({ protocol }: Websocket): ClientCall['response'] {
  const headers = new Headers()
  if (protocol !== '') headers.set('Sec-WebSocket-Protocol', protocol)
  return { status: 101, headers }
}
