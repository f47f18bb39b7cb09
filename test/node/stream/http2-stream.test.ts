import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { end, isHttp2Stream, reset } from '../../../src/node/stream/http2-stream.ts'

/** What a stream of HTTP/2 looks like from here. */
class Stream extends Duplex {
  readonly rstCode = 0
  readonly codes: number[] = []

  override _read(): void {}

  override _write(): void {}

  override _final(): void {}

  close(code = 0): void {
    this.codes.push(code)
  }
}

/** One that its peer has ended. */
async function ended(): Promise<Stream> {
  const stream = new Stream()
  stream.push(null)
  stream.resume()
  await vi.waitFor(() => expect(stream.readableEnded).toBe(true))
  return stream
}

/** What Node's callbacks ask for is done in the turn after them. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('reset', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('destroys a stream', () => {
    const stream = new Duplex()
    expect(isHttp2Stream(stream)).toBe(false)
    reset(stream)
    expect(stream.destroyed).toBe(true)
  })

  test('cancels a stream of HTTP/2 in the next turn', async () => {
    const stream = new Stream()
    expect(isHttp2Stream(stream)).toBe(true)
    reset(stream)
    expect([stream.codes, stream.destroyed]).toEqual([[], false])
    await nextTurn()
    expect([stream.codes, stream.destroyed]).toEqual([[8], true])
  })

  test.each([
    [
      'both sides have ended five seconds to send the rest',
      5_000,
      (stream: Stream) => stream.end(),
    ],
    ['the peer alone has ended a moment to be closed by the peer', 1_000, () => {}],
  ])('leaves one that %s', async (_, time, finish) => {
    const stream = await ended()
    finish(stream)
    reset(stream)
    vi.advanceTimersByTime(time - 1)
    await nextTurn()
    expect([stream.codes, stream.destroyed]).toEqual([[], false])
    vi.advanceTimersByTime(1)
    await nextTurn()
    expect([stream.codes, stream.destroyed]).toEqual([[8], true])
  })

  test('waits no longer than the stream is there', async () => {
    const stream = await ended()
    reset(stream)
    expect(vi.getTimerCount()).toBe(1)
    stream.destroy()
    await nextTurn()
    expect(vi.getTimerCount()).toBe(0)
    reset(stream)
    expect(vi.getTimerCount()).toBe(0)
    await nextTurn()
    expect(stream.codes).toEqual([])
  })
})

describe('end', () => {
  test('ends a stream, and closes one of HTTP/2 that its peer has not ended, when all is sent', async () => {
    const stream = new Stream()
    end(stream)
    expect([stream.writableEnded, stream.codes]).toEqual([true, []])
    stream.emit('finish')
    expect(stream.codes).toEqual([])
    await nextTurn()
    expect(stream.codes).toEqual([0])
  })

  test('does no more where the peer has ended it, too', async () => {
    const stream = new Stream()
    end(stream)
    stream.push(null)
    stream.resume()
    await vi.waitFor(() => expect(stream.readableEnded).toBe(true))
    stream.emit('finish')
    await nextTurn()
    expect(stream.codes).toEqual([])
  })
})
