import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { OutgoingFragments } from '../../../src/protocol/frame/outgoing-fragments.ts'
import { bytes } from '../../support/hex.ts'

const octets = (...frames: readonly Frame[]): string[] => {
  const fragments = new OutgoingFragments()
  return frames.map((frame) => fragments.firstOctet(frame).toString(16).padStart(2, '0'))
}

describe('OutgoingFragments', () => {
  it('makes continuations of all fragments but the first (B11)', () => {
    expect(
      octets(
        new Frame.Text('a', false),
        new Frame.Text('b', false),
        new Frame.Text('c'),
        new Frame.Binary(bytes('01'), false),
        new Frame.Binary(bytes('02')),
        new Frame.Text('d'),
      ),
    ).toEqual(['01', '00', '80', '02', '80', '81'])
  })

  it('lets control frames pass between fragments', () => {
    expect(
      octets(
        new Frame.Text('a', false),
        new Frame.Ping(),
        new Frame.Pong(),
        new Frame.Close(),
        new Frame.Text('b'),
      ),
    ).toEqual(['01', '89', '8a', '88', '80'])
  })

  it('keeps the reserved bits as they are', () => {
    expect(
      octets(
        new Frame.Text('a', false, true),
        new Frame.Text('b', true, false, true),
        new Frame.Binary(bytes('01'), true, false, false, true),
      ),
    ).toEqual(['41', 'a0', '92'])
  })

  it('knows when a message is open', () => {
    const fragments = new OutgoingFragments()
    expect(fragments.open).toBe(false)
    fragments.firstOctet(new Frame.Text('a', false))
    expect(fragments.open).toBe(true)
    fragments.firstOctet(new Frame.Ping())
    expect(fragments.open).toBe(true)
    fragments.firstOctet(new Frame.Text('b'))
    expect(fragments.open).toBe(false)
  })

  it('refuses a frame of another type in the middle of a message, and goes on', () => {
    const fragments = new OutgoingFragments()
    fragments.firstOctet(new Frame.Text('a', false))
    expect(() => fragments.firstOctet(new Frame.Binary(bytes('01')))).toThrow(
      new TypeError('a binary frame within another message: send its last fragment first'),
    )
    expect(fragments.firstOctet(new Frame.Text('b'))).toBe(0x80)
  })
})
