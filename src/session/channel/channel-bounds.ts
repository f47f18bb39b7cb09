import type { OptionNames } from '../../websocket/support/option-names.ts'
import type { ChannelConfig, ChannelsConfig, OverflowPolicy } from './channel.ts'

/** A channel's configuration with every default filled in. */
export interface Bounds {
  readonly capacity: number
  readonly bytes: number
  readonly onOverflow: OverflowPolicy
}

const DEFAULTS: Bounds = { capacity: 1024, bytes: 1024 * 1024, onOverflow: 'suspend' }

/** The names of the options, and of those within. */
export const CHANNELS: OptionNames<ChannelsConfig> = { incoming: DEFAULTS, outgoing: DEFAULTS }

/** Fills in the defaults. Throws a `RangeError` for an invalid bound or policy. */
export function boundsOf(config: ChannelsConfig = {}): {
  readonly incoming: Bounds
  readonly outgoing: Bounds
} {
  return {
    incoming: channelBounds('channels.incoming', config.incoming),
    outgoing: channelBounds('channels.outgoing', config.outgoing),
  }
}

/** The bounds of one channel; `name` is for errors. */
export function channelBounds(name: string, config: ChannelConfig | undefined): Bounds {
  if (config === undefined) return DEFAULTS
  const {
    capacity = DEFAULTS.capacity,
    bytes = DEFAULTS.bytes,
    onOverflow = DEFAULTS.onOverflow,
  } = config
  const counts = typeof capacity === 'number' && typeof bytes === 'number'
  if (!counts || !(capacity >= 1 && bytes >= 1)) {
    throw new RangeError(
      `${name} holds ${capacity} frames and ${bytes} bytes: both must be numbers from 1 up`,
    )
  }
  if (onOverflow !== 'suspend' && onOverflow !== 'close') {
    throw new RangeError(
      `${name}.onOverflow is ${String(onOverflow)}: it must be 'suspend' or 'close'`,
    )
  }
  return { capacity, bytes, onOverflow }
}
