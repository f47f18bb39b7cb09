import { CHANNELS } from '../../session/channel/channel-bounds.ts'
import {
  FrameSessionClient,
  type FrameSessionClientOptions,
  withMessageSize,
} from '../../session/client/frame-session-client.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'
import { begin, CLIENT_OPTIONS, resolveOptions } from './connect.ts'
import type { ConnectOptions } from './connect-options.ts'

/** How a `SessionClient` connects, and what its sessions are like. */
export interface SessionClientConfig
  extends Omit<ConnectOptions, 'mode' | 'signal' | 'headers' | 'protocols' | 'maxFrameSize'>,
    FrameSessionClientOptions {
  /**
   * In bytes, as a session has it: of a frame and, unless `maxMessageSize` says otherwise, of a whole message. Larger
   * ones close with 1009. Default: any frame, of messages up to 64 MiB.
   */
  readonly maxFrameSize?: number | undefined
}

const SESSION_CLIENT_OPTIONS: OptionNames<SessionClientConfig> = {
  ...CLIENT_OPTIONS,
  channels: CHANNELS,
  contentConverter: 0,
  controlFrames: false,
  fragments: false,
  authenticate: 0,
}

/** A client of sessions. Any number may be open at once; closing the client, or disposing it, closes them. */
export class SessionClient extends FrameSessionClient {
  /** Throws a `TypeError` or a `RangeError` that names what is wrong with the configuration. */
  constructor(config: SessionClientConfig = {}) {
    checkNames('SessionClient', config, SESSION_CLIENT_OPTIONS)
    const options = withMessageSize(config)
    resolveOptions(options)
    super(
      ({ url, ...request }, mode, use) =>
        begin(url, { ...options, ...request, mode }, use).established,
      config,
    )
  }
}
