import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import {
  WebSocketReader,
  type WebSocketReaderOptions,
} from '../../../src/session/low-level/web-socket-reader.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { FedStream, turn } from '../../support/byte-streams.ts'
import { bytes } from '../../support/hex.ts'
import { arrived, looped, stateOf } from '../../support/session-rig.ts'

const TEXT_A = '81 81 00000000 61'

function readerRig(options?: WebSocketReaderOptions) {
  const stream = new FedStream()
  const reader = new WebSocketReader(stream.readable, options)
  const feed = async (digits: string): Promise<void> => {
    stream.feed(bytes(digits))
    await turn()
  }
  return { stream, reader, feed }
}

describe('a reader of frames', () => {
  it('reads every frame as it comes, unmasked', async () => {
    const { reader, feed } = readerRig()
    await feed('01 83 01020304 60 60 60 89 80 00000000 80 81 00000000 62 8a 81 00000000 70')
    expect(arrived(reader.incoming)).toEqual(['text abc...', 'ping', 'text b', 'pong 70'])
  })

  it('reads what a server sends when told that nothing is masked', async () => {
    const { reader, feed } = readerRig({ masked: false })
    await feed('81 05 48656c6c6f 82 7e 0100')
    await feed('00'.repeat(256))
    expect(arrived(reader.incoming)).toEqual(['text Hello', `binary ${'00'.repeat(256)}`])
    const strict = readerRig()
    await strict.feed('81 05 48656c6c6f')
    await expect(strict.reader.incoming.receive()).rejects.toThrow('must be masked')
  })

  it('reads the same frames however the bytes are cut', async () => {
    const wire = bytes(`${TEXT_A} 02 84 01020304 00000000 89 80 00000000 80 81 00000000 ff`)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(wire.length), { maxLength: 8 }), async (cuts) => {
        const { stream, reader } = readerRig()
        const edges = [0, ...cuts.sort((a, b) => a - b), wire.length]
        for (let i = 1; i < edges.length; i++) stream.feed(wire.slice(edges[i - 1], edges[i]))
        stream.end()
        expect(await looped(reader.incoming)).toEqual([
          'text a',
          'binary 01020304...',
          'ping',
          'binary ff',
        ])
      }),
      { numRuns: 50 },
    )
  })

  it('ends behind a Close frame, reads nothing after it, and leaves the stream', async () => {
    const { stream, reader, feed } = readerRig()
    await feed(`${TEXT_A} 88 82 00000000 0fa0 ${TEXT_A}`)
    expect(stream.readable.locked).toBe(false)
    expect(await looped(reader.incoming)).toEqual(['text a', 'close 4000'])
    await expect(reader.incoming.receive()).rejects.toMatchObject({ reason: new CloseReason(4000) })
    expect([stream.readable.locked, stream.cancelled]).toEqual([false, false])
    const empty = readerRig()
    await empty.feed('88 80 00000000')
    expect(await looped(empty.reader.incoming)).toEqual(['close'])
    await expect(empty.reader.incoming.receive()).rejects.toMatchObject({ reason: { code: 1005 } })
  })

  it('ends silently where the stream ends, in the middle of a frame, too', async () => {
    const { stream, reader, feed } = readerRig()
    await feed(`${TEXT_A} 81 85 00000000 61`)
    stream.end()
    expect(await looped(reader.incoming)).toEqual(['text a'])
    await expect(reader.incoming.receive()).rejects.toMatchObject({ reason: { code: 1006 } })
  })

  it('ends with what broke the stream', async () => {
    const { stream, reader, feed } = readerRig()
    await feed(TEXT_A)
    stream.fail(new Error('reset'))
    expect(await looped(reader.incoming)).toEqual(['text a', 'ConnectionLostException'])
    await expect(reader.incoming.receive()).rejects.toMatchObject({
      message: 'reset',
      cause: { message: 'reset' },
    })
  })

  it.each([
    ['a fragmented control frame', '89 fe', 'control frames cannot carry more than 125 bytes'],
    [
      'a message within a message',
      `01 81 00000000 61 89 80 00000000 ${TEXT_A}`,
      'a message within another',
    ],
    ['a reserved opcode', '83 80 00000000', 'reserved opcode 0x3'],
    ['a reserved bit', 'c1 81 00000000 61', 'reserved bits RSV1'],
  ])('ends with %s, behind the frames before', async (_, wire, message) => {
    const { reader, feed } = readerRig()
    await feed(`${TEXT_A} ${wire}`)
    const lines = await looped(reader.incoming)
    expect([lines[0], lines.at(-1)]).toEqual(['text a', 'WebSocketProtocolException'])
    await expect(reader.incoming.receive()).rejects.toThrow(message)
  })

  it('ends with a frame that is too big, before its payload comes; just as big is fine', async () => {
    const { reader, feed } = readerRig({ maxFrameSize: 2 })
    expect(reader.maxFrameSize).toBe(2)
    await feed('82 82 00000000 0102')
    reader.maxFrameSize = 3
    await feed('82 83 00000000 010203')
    await feed('82 84')
    expect(await stateOf(reader.incoming.receive())).toBe('resolved')
    await feed('00000000')
    expect(await looped(reader.incoming)).toEqual(['binary 010203', 'FrameTooBigException'])
    await expect(reader.incoming.receive()).rejects.toMatchObject({ frameSize: 4 })
    expect(() => {
      reader.maxFrameSize = -1
    }).toThrow(RangeError)
  })

  it('stops pulling when its channel is full, between any two frames, and goes on from there', async () => {
    const { stream, reader } = readerRig({ channel: { capacity: 2 } })
    stream.feed(bytes(`${TEXT_A} ${TEXT_A} ${TEXT_A} 89 80 00000000`))
    stream.feed(bytes(TEXT_A))
    await turn()
    expect(stream.waiting).toBe(1)
    expect(arrived(reader.incoming)).toEqual(['text a', 'text a', 'text a', 'ping'])
    await turn()
    expect(stream.waiting).toBe(0)
    expect(arrived(reader.incoming)).toEqual(['text a'])
    const small = readerRig({ channel: { bytes: 1 } })
    small.stream.feed(bytes(TEXT_A))
    small.stream.feed(bytes(TEXT_A))
    await turn()
    expect(small.stream.waiting).toBe(1)
    const still = readerRig({ channel: { bytes: 2 } })
    for (const chunk of [TEXT_A, '82 82 00000000 0102', TEXT_A]) await still.feed(chunk)
    still.reader.incoming.tryReceive()
    await turn()
    expect(still.stream.waiting).toBe(1)
  })

  it('pulls no more while a part of the last chunk still waits', async () => {
    const { stream, reader, feed } = readerRig({ channel: { capacity: 1 } })
    await feed(`${TEXT_A} ${TEXT_A} 89 80 00000000`)
    await feed('8a 80 00000000')
    const lines: string[] = []
    for (const waiting of [1, 0, 0, 0]) {
      const frame = await reader.incoming.receive()
      lines.push(frame.type)
      await turn()
      expect(stream.waiting).toBe(waiting)
    }
    expect(lines).toEqual(['text', 'text', 'ping', 'pong'])
  })

  it('ends when its channel is cancelled: others may read on', async () => {
    const { stream, reader, feed } = readerRig({ channel: { capacity: 1 } })
    await feed(`${TEXT_A} ${TEXT_A}`)
    await feed(TEXT_A)
    expect(stream.waiting).toBe(1)
    reader.incoming.cancel()
    expect(arrived(reader.incoming)).toEqual([])
    expect([stream.readable.locked, stream.cancelled]).toEqual([false, false])
    const { value } = await stream.readable.getReader().read()
    expect(value).toEqual(bytes(TEXT_A))
  })

  it('lets others run when its channel is cancelled and the source always has more', async () => {
    let reads = 0
    const more = (): Promise<{ done: boolean; value: Uint8Array }> =>
      Promise.resolve({ done: ++reads === 10_000, value: bytes(TEXT_A) })
    const { incoming } = new WebSocketReader({
      getReader: () => ({ read: more, cancel: () => Promise.resolve(), releaseLock() {} }),
    })
    incoming.cancel()
    await turn()
    expect(reads).toBe(1)
  })

  it('takes its time from a clock', async () => {
    const clock = new VirtualClock()
    const { reader } = readerRig({ clock })
    const late = reader.incoming.receive({ timeout: 100 })
    clock.advance(100)
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('refuses options that cannot be', () => {
    expect(() => readerRig({ channel: { capacity: 0 } })).toThrow('channel holds 0 frames')
    expect(() => readerRig({ maxFrameSize: Number.NaN })).toThrow('the option maxFrameSize is NaN')
    expect(() => Object.assign(readerRig().reader, { maxFrameSize: undefined })).toThrow(
      'the option maxFrameSize is undefined',
    )
  })
})
