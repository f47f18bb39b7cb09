import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isHttp2Stream, reset } from '../../../src/node/stream/http2-stream.ts'

/** What a stream of HTTP/2 looks like from here. */
class Stream extends Duplex {
  readonly rstCode = 0
  readonly codes: number[] = []

  override _read(): void {}

  override _write(): void {}

  override _final(): void {}

  close(code: number): void {
    this.codes.push(code)
  }
}

async function ended(): Promise<Stream> {
  const stream = new Stream()
  stream.push(null)
  stream.resume().end()
  await vi.waitFor(() => expect(stream.readableEnded).toBe(true))
  return stream
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

  test('cancels a stream of HTTP/2', () => {
    const stream = new Stream()
    expect(isHttp2Stream(stream)).toBe(true)
    reset(stream)
    expect([stream.codes, stream.destroyed]).toEqual([[8], true])
  })

  test('leaves one that both sides have ended five seconds to send the rest', async () => {
    const stream = await ended()
    reset(stream)
    vi.advanceTimersByTime(4_999)
    expect([stream.codes, stream.destroyed]).toEqual([[], false])
    vi.advanceTimersByTime(1)
    expect([stream.codes, stream.destroyed]).toEqual([[8], true])
  })

  test('waits no longer than the stream is there', async () => {
    const stream = await ended()
    reset(stream)
    expect(vi.getTimerCount()).toBe(1)
    stream.destroy()
    await new Promise(setImmediate)
    expect(vi.getTimerCount()).toBe(0)
    reset(stream)
    expect(vi.getTimerCount()).toBe(0)
    expect(stream.codes).toEqual([])
  })
})
