import { describe, expect, it } from 'vitest'
import { boundsOf } from '../../../src/session/channel/channel-bounds.ts'

const DEFAULT = { capacity: 1024, bytes: 1_048_576, onOverflow: 'suspend' }

describe('the bounds of channels', () => {
  it('have defaults', () => {
    expect(boundsOf()).toEqual({ incoming: DEFAULT, outgoing: DEFAULT })
    expect(boundsOf({ incoming: {} })).toEqual({ incoming: DEFAULT, outgoing: DEFAULT })
  })

  it('are as the configuration says', () => {
    const incoming = { capacity: 1, bytes: 2, onOverflow: 'close' } as const
    expect(boundsOf({ incoming, outgoing: { capacity: 3 } })).toEqual({
      incoming,
      outgoing: { ...DEFAULT, capacity: 3 },
    })
  })

  it.each([
    [{ incoming: { capacity: 0 } }, 'channels.incoming holds 0 frames and 1048576 bytes'],
    [{ outgoing: { bytes: 0 } }, 'channels.outgoing holds 1024 frames and 0 bytes'],
    [{ incoming: { capacity: Number.NaN } }, 'both must be numbers from 1 up'],
    [{ incoming: { capacity: '5' as never } }, 'both must be numbers from 1 up'],
    [{ incoming: { onOverflow: 'drop' as 'close' } }, 'channels.incoming.onOverflow is drop'],
  ])('cannot be %j', (config, message) => {
    expect(() => boundsOf(config)).toThrow(RangeError)
    expect(() => boundsOf(config)).toThrow(message)
  })
})
