import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import {
  WebSocketWriter,
  type WebSocketWriterOptions,
} from '../../../src/session/low-level/web-socket-writer.ts'
import { KeptStream, turn } from '../../support/byte-streams.ts'
import { bytes, hex } from '../../support/hex.ts'
import { stateOf } from '../../support/session-rig.ts'
import { decodeWire } from '../../support/wire.ts'

function writerRig(options?: WebSocketWriterOptions) {
  const stream = new KeptStream()
  return { stream, writer: new WebSocketWriter(stream.writable, options) }
}

const A = new Frame.Text('a')

describe('a writer of frames', () => {
  it('writes what is sent in one turn in one chunk, in order', async () => {
    const { stream, writer } = writerRig()
    void writer.send(A)
    void writer.send(new Frame.Binary(bytes('01'), false))
    void writer.send(new Frame.Ping())
    void writer.outgoing.send(new Frame.Binary(bytes('02')))
    await writer.flush()
    expect(stream.chunks).toHaveLength(1)
    expect(stream.taken()).toBe(hex('81 01 61  02 01 01  89 00  80 01 02'))
  })

  it('masks when told to, from then on, each frame with a key of its own', async () => {
    const { stream, writer } = writerRig({ masking: true })
    void writer.send(A)
    void writer.send(A)
    expect(writer.masking).toBe(true)
    writer.masking = false
    void writer.send(A)
    await writer.flush()
    const frames = decodeWire(bytes(stream.taken()))
    expect(frames.map(({ payload }) => hex(payload))).toEqual(['61', '61', '61'])
    expect(frames.map(({ key }) => key !== undefined)).toEqual([true, true, false])
    expect(frames[0]!.key).not.toEqual(frames[1]!.key)
  })

  it('closes the stream behind a Close frame, and sends nothing after it', async () => {
    const { stream, writer } = writerRig()
    await writer.send(new Frame.Binary(new Uint8Array(65_535).fill(1)))
    await writer.send(new Frame.Close(bytes('03e8')))
    expect(writer.outgoing.isClosedForSend).toBe(true)
    expect(writer.outgoing.trySend(A)).toBe(false)
    await expect(writer.send(A)).rejects.toMatchObject({
      name: 'WebSocketClosedException',
      message: 'a Close frame was sent: nothing may follow it',
      reason: { code: 1000 },
    })
    await writer.flush()
    await turn()
    expect(stream.closed).toBe(true)
    expect(stream.taken().slice(-8)).toBe('880203e8')
    await writer.flush()
  })

  it('lets senders wait above the high-water mark, and flush for what was sent before', async () => {
    const { stream, writer } = writerRig({ highWaterMark: 3 })
    stream.hold()
    expect(await stateOf(writer.send(A))).toBe('resolved')
    const over = writer.send(new Frame.Binary(new Uint8Array(20)))
    const flushed = writer.flush()
    expect([await stateOf(over), await stateOf(flushed)]).toEqual(['pending', 'pending'])
    expect(writer.outgoing.trySend(A)).toBe(false)
    stream.release()
    await turn()
    expect([await stateOf(over), await stateOf(flushed)]).toEqual(['resolved', 'resolved'])
    expect(writer.outgoing.trySend(A)).toBe(true)
    await writer.flush()
    expect(decodeWire(bytes(stream.taken()))).toHaveLength(3)
  })

  it('lets senders wait, and flush, for all that is under way', async () => {
    const { stream, writer } = writerRig({ highWaterMark: 0 })
    stream.hold()
    void writer.send(A)
    await turn()
    const over = writer.send(A)
    await turn()
    const flushed = writer.flush()
    stream.release()
    stream.hold()
    await turn()
    expect(stream.taken()).toBe(hex('81 01 61'))
    expect([await stateOf(over), await stateOf(flushed)]).toEqual(['pending', 'pending'])
    stream.release()
    await turn()
    expect([await stateOf(over), await stateOf(flushed)]).toEqual(['resolved', 'resolved'])
  })

  it('waits in flush only for what was sent before it', async () => {
    const { stream, writer } = writerRig()
    await turn()
    void writer.send(A)
    const flushed = writer.flush()
    stream.hold()
    void writer.send(A)
    expect(await stateOf(flushed)).toBe('resolved')
    expect(stream.taken()).toBe(hex('81 01 61'))
    stream.release()
  })

  it('rejects a frame that cannot be sent, and goes on', async () => {
    const { stream, writer } = writerRig()
    void writer.send(new Frame.Text(bytes('61'), false))
    expect(await stateOf(writer.send(new Frame.Binary(bytes('62'))))).toBe('rejected: TypeError')
    expect(() => writer.outgoing.trySend(new Frame.Binary(bytes('62')))).toThrow(TypeError)
    void writer.send(new Frame.Text(bytes('63')))
    await writer.flush()
    expect(stream.taken()).toBe(hex('01 01 61  80 01 63'))
  })

  it('rejects senders when the stream breaks, and flush resolves all the same', async () => {
    const { stream, writer } = writerRig({ highWaterMark: 0 })
    stream.hold()
    stream.failure = new Error('reset')
    const waiting = writer.send(A)
    void writer.send(A)
    const flushed = writer.flush()
    stream.release()
    await expect(waiting).rejects.toMatchObject({
      name: 'ConnectionLostException',
      message: 'reset',
      cause: { message: 'reset' },
    })
    await flushed
    await expect(writer.send(A)).rejects.toThrow('reset')
    await writer.flush()
  })

  it('rejects those who wait when the stream breaks behind a Close, too', async () => {
    const { stream, writer } = writerRig({ highWaterMark: 0 })
    stream.hold()
    stream.failure = new Error('reset')
    const waiting = writer.send(A)
    const closing = writer.send(new Frame.Close())
    stream.release()
    await turn()
    expect(await stateOf(waiting)).toBe('rejected: ConnectionLostException')
    expect(await stateOf(closing)).toBe('rejected: ConnectionLostException')
    await expect(writer.send(A)).rejects.toMatchObject({ name: 'WebSocketClosedException' })
  })

  it('refuses options that cannot be', () => {
    expect(() => writerRig({ highWaterMark: -1 })).toThrow('the option highWaterMark is -1')
  })
})
