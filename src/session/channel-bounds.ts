import type { ChannelConfig, ChannelsConfig, OverflowPolicy } from './channel.ts'

/** A channel's configuration with every default filled in. */
export interface Bounds {
  readonly capacity: number
  readonly bytes: number
  readonly onOverflow: OverflowPolicy
}

const MIB = 1024 * 1024

/** Throws a `RangeError` for a bound or a policy that cannot be. */
export function boundsOf(config: ChannelsConfig = {}): {
  readonly incoming: Bounds
  readonly outgoing: Bounds
} {
  return {
    incoming: withDefaults('incoming', config.incoming, 8),
    outgoing: withDefaults('outgoing', config.outgoing, 64),
  }
}

function withDefaults(name: string, config: ChannelConfig = {}, frames: number): Bounds {
  const { capacity = frames, bytes = MIB, onOverflow = 'suspend' } = config
  if (!(capacity >= 1) || !(bytes >= 1)) {
    throw new RangeError(
      `channels.${name} holds ${capacity} frames and ${bytes} bytes: both must be at least 1`,
    )
  }
  if (onOverflow !== 'suspend' && onOverflow !== 'close') {
    throw new RangeError(
      `channels.${name}.onOverflow is ${String(onOverflow)}: it must be 'suspend' or 'close'`,
    )
  }
  return { capacity, bytes, onOverflow }
}
