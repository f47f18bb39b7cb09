import { boundsOf } from '../session/channel/channel-bounds.ts'
import { clientSession } from '../session/client/client-session.ts'
import { BaseSessionClient, type SessionClientOptions } from '../session/client/session-client.ts'
import type { ClientCall } from '../session/session.ts'
import { NotSupportedException } from '../websocket/errors.ts'
import { pageReason } from '../websocket/page-codes.ts'
import { checkOptions, type PlatformOptions } from './connect-options.ts'
import { type PlatformSocket, platformWebsocket } from './platform-websocket.ts'

/** How a `SessionClient` connects, and what its sessions are like. */
export interface SessionClientConfig
  extends PlatformOptions,
    Pick<SessionClientOptions, 'channels' | 'contentConverter' | 'protocols'> {}

/**
 * A client of sessions over the platform's `WebSocket`. A close code that the platform cannot send goes out 3000 higher:
 * 1011, when a block throws, as 4011. A request with headers fails with a `NotSupportedException`; so do, in a session,
 * fragments, control frames, `maxFrameSize`, `pingInterval` and `pongTimeout`.
 */
export class SessionClient extends BaseSessionClient<PlatformSocket> {
  /** Throws a `RangeError` that names what is wrong with the configuration; opening rejects for an unknown option. */
  constructor(config: SessionClientConfig = {}) {
    checkOptions(config)
    const { channels, contentConverter, ...options } = config
    boundsOf(channels)
    super(
      {
        open: ({ url, headers, protocols, signal }, _mode, use) =>
          new Promise((resolve, reject) => {
            if (headers.length > 0) {
              const names = headers.map(([name]) => name).join(', ')
              throw new NotSupportedException(
                `the platform cannot send headers: leave out ${names}`,
              )
            }
            const consumer = (socket: PlatformSocket): void =>
              resolve(use({ socket, response: responseOf(socket) }))
            platformWebsocket(url, { ...options, protocols, signal }, consumer, reject, pageReason)
          }),
        urlOf: (text) => new URL(text),
        sessionOf: (opened) => clientSession(opened, { ...options, channels, contentConverter }),
      },
      config,
    )
  }
}

/** What is known of the response. */
function responseOf({ protocol }: PlatformSocket): ClientCall['response'] {
  const headers = new Headers(protocol === '' ? {} : { 'Sec-WebSocket-Protocol': protocol })
  return { status: 101, headers }
}
