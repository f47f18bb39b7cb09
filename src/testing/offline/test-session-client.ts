import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import { CHANNELS } from '../../session/channel/channel-bounds.ts'
import {
  FrameSessionClient,
  type FrameSessionClientOptions,
  withMessageSize,
} from '../../session/client/frame-session-client.ts'
import type { SocketOpener } from '../../session/client/session-client.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { connectionLimits, socketSettings } from '../../websocket/socket/socket-options.ts'
import { systemClock } from '../../websocket/support/clock.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import { watchedClock } from '../clock/watched-clock.ts'
import { offlineOpening } from './offline-opening.ts'
import { OFFLINE_OPTIONS, type OfflineOptions, type TestApp } from './offline-options.ts'
import { offlineUpgrade } from './offline-upgrade.ts'

/** The configuration of a `TestSessionClient`. */
export interface TestSessionClientConfig
  extends Omit<OfflineOptions, 'mode' | 'signal' | 'headers' | 'protocols' | 'maxFrameSize'>,
    FrameSessionClientOptions {
  /** In bytes, of a frame and, unless `maxMessageSize` says otherwise, of a whole message. */
  readonly maxFrameSize?: number | undefined
}

const { mode: _mode, signal: _signal, ...CLIENT_OPTIONS } = OFFLINE_OPTIONS

const TEST_SESSION_CLIENT_OPTIONS: OptionNames<TestSessionClientConfig> = {
  ...CLIENT_OPTIONS,
  channels: CHANNELS,
  contentConverter: 0,
  controlFrames: false,
  fragments: false,
  authenticate: 0,
}

/**
 * The `SessionClient` of `antiphon/node`, offline: every session is with this application, whatever host a URL names.
 * Throws a `TypeError` or a `RangeError` that names what is wrong with the configuration.
 */
export function testSessionClient(
  app: TestApp,
  config: TestSessionClientConfig = {},
): TestSessionClient {
  return new TestSessionClient(app, config)
}

/** A `SessionClient` for an application in memory. */
export class TestSessionClient extends FrameSessionClient {
  constructor(app: TestApp, config: TestSessionClientConfig) {
    checkNames('testSessionClient()', config, TEST_SESSION_CLIENT_OPTIONS)
    const options = withMessageSize(config)
    // Now, and not only when a session is opened.
    socketSettings(options)
    connectionLimits(options, CLIENT_LIMITS)
    const opener: SocketOpener<FrameSocket> = async ({ url, ...request }, mode, use) => {
      const { connection } = offlineUpgrade(app, url, { ...options, ...request, mode })
      const opened = await offlineOpening(connection, request.signal).connection
      use({ socket: opened.client, response: { status: 101, headers: opened.headers } })
      opened.start()
    }
    super(opener, { ...config, clock: watchedClock(config.clock ?? systemClock) })
  }
}
