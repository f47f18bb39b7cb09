import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { IncomingChannel } from '../../../src/session/channel/incoming-channel.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { WebSocketException } from '../../../src/websocket/errors.ts'
import { arrived, lineOf, looped, stateOf } from '../../support/session-rig.ts'
import { settled } from '../../support/socket-rig.ts'

const CLOSED = new WebSocketException('closed')
const FAILED = new TypeError('failed')

function channelRig(): {
  readonly channel: IncomingChannel
  readonly clock: VirtualClock
  taken(): number
} {
  const clock = new VirtualClock()
  let taken = 0
  const channel = new IncomingChannel({ clock, taken: () => taken++ })
  return { channel, clock, taken: () => taken }
}

function text(content: string): Frame {
  return new Frame.Text(content)
}

describe('what comes in', () => {
  it('is received in order, before and after somebody waits', async () => {
    const { channel } = channelRig()
    channel.push(text('a'))
    const waiting = [channel.receive(), channel.receive(), channel.receive()]
    channel.push(text('b'))
    channel.push(text('c'))
    expect((await Promise.all(waiting)).map(lineOf)).toEqual(['text a', 'text b', 'text c'])
    expect(channel.tryReceive()).toBeUndefined()
  })

  it('is counted in frames and bytes while it waits, and each taking is told', () => {
    const { channel, taken } = channelRig()
    channel.push(text('é'))
    channel.push(text('abc'))
    expect([channel.length, channel.bytes]).toEqual([2, 5])
    channel.tryReceive()
    expect([channel.length, channel.bytes, taken()]).toEqual([1, 3, 1])
  })

  it('is iterated; leaving the loop leaves the rest for the next one', async () => {
    const { channel } = channelRig()
    for (const content of ['a', 'b', 'c']) channel.push(text(content))
    for await (const frame of channel) {
      expect(lineOf(frame)).toBe('text a')
      break
    }
    channel.end(CLOSED, undefined)
    expect(await looped(channel)).toEqual(['text b', 'text c'])
  })

  it('is lost to no loop that is left while it waits', async () => {
    const { channel } = channelRig()
    const left = channel[Symbol.asyncIterator]()
    const waiting = [left.next(), channel.receive()]
    await left.return?.()
    channel.push(text('a'))
    expect(await waiting[0]).toEqual({ value: undefined, done: true })
    expect(lineOf(await (waiting[1] as Promise<Frame>))).toBe('text a')
  })

  it('is shared by those who take it at once, each frame going to one of them', async () => {
    const { channel } = channelRig()
    const both = Promise.all([looped(channel), looped(channel)])
    for (const content of ['a', 'b', 'c', 'd']) {
      channel.push(text(content))
      await settled()
    }
    channel.end(CLOSED, undefined)
    expect((await both).flat().sort()).toEqual(['text a', 'text b', 'text c', 'text d'])
  })
})

describe('the end of a channel', () => {
  it('comes behind what was queued, silent in a loop, an error of receive', async () => {
    const { channel } = channelRig()
    channel.push(text('a'))
    channel.end(CLOSED, undefined)
    expect(channel.isClosedForReceive).toBe(false)
    expect(await looped(channel)).toEqual(['text a'])
    expect(channel.isClosedForReceive).toBe(true)
    await expect(channel.receive()).rejects.toBe(CLOSED)
    expect(channel.tryReceive()).toBeUndefined()
  })

  it('reaches those who wait', async () => {
    const { channel } = channelRig()
    const loop = looped(channel)
    const receive = channel.receive()
    await settled()
    channel.end(CLOSED, undefined)
    expect(await loop).toEqual([])
    await expect(receive).rejects.toBe(CLOSED)
  })

  it('with a failure is thrown by a loop, too, then or later', async () => {
    const { channel } = channelRig()
    const loop = looped(channel)
    channel.push(text('a'))
    await settled()
    channel.end(FAILED, FAILED)
    expect(await loop).toEqual(['text a', 'TypeError'])
    expect(await looped(channel)).toEqual(['TypeError'])
    await expect(channel.receive()).rejects.toBe(FAILED)
  })

  it('is the first one, and nothing is taken in after it', async () => {
    const { channel } = channelRig()
    channel.end(CLOSED, undefined)
    channel.end(FAILED, FAILED)
    channel.push(text('a'))
    expect(channel.ended).toBe(true)
    await expect(channel.receive()).rejects.toBe(CLOSED)
  })

  it('by cancel drops what waits and what comes, and ends loops', async () => {
    const { channel, taken } = channelRig()
    channel.push(text('a'))
    channel.cancel()
    channel.push(text('b'))
    expect([channel.length, channel.bytes, taken()]).toEqual([0, 0, 1])
    expect(await looped(channel)).toEqual([])
    await expect(channel.receive()).rejects.toThrow(
      'incoming was cancelled: nothing more is received',
    )
  })

  it('by cancel is no other end than the one before', async () => {
    const { channel } = channelRig()
    channel.push(text('a'))
    channel.end(FAILED, FAILED)
    channel.cancel()
    expect(await looped(channel)).toEqual(['TypeError'])
  })
})

describe('receive', () => {
  it('gives up after its timeout, and loses no frame by it', async () => {
    const { channel, clock } = channelRig()
    const late = channel.receive({ timeout: 100 })
    clock.advance(99)
    expect(await stateOf(late)).toBe('pending')
    clock.advance(1)
    await expect(late).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'no frame came within 100 ms',
    })
    channel.push(text('a'))
    expect(arrived(channel)).toEqual(['text a'])
  })

  it('gives up when its signal aborts, with the reason of the signal', async () => {
    const { channel, clock } = channelRig()
    const abort = new AbortController()
    const waiting = channel.receive({ signal: abort.signal })
    const other = channel.receive()
    clock.advance(1_000_000)
    expect(await stateOf(waiting)).toBe('pending')
    abort.abort(FAILED)
    await expect(waiting).rejects.toBe(FAILED)
    channel.push(text('a'))
    expect(lineOf(await other)).toBe('text a')
  })

  it('takes nothing when its signal has aborted before', async () => {
    const { channel } = channelRig()
    channel.push(text('a'))
    await expect(channel.receive({ signal: AbortSignal.abort(FAILED) })).rejects.toBe(FAILED)
    expect(channel.length).toBe(1)
  })

  it('leaves no timer and no listener behind', async () => {
    const { channel, clock } = channelRig()
    const { signal } = new AbortController()
    let listeners = 0
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') return () => listeners++
        if (name === 'removeEventListener') return () => listeners--
        return Reflect.get(target, name, target)
      },
    })
    const given = channel.receive({ signal: counted, timeout: 100 })
    const ended = channel.receive({ signal: counted, timeout: 100 })
    expect([clock.pending, listeners]).toEqual([2, 1])
    channel.push(text('a'))
    channel.end(CLOSED, undefined)
    await given
    await ended.catch(() => {})
    expect([clock.pending, listeners]).toEqual([0, 0])
  })

  it('refuses a timeout that no timer can wait for', async () => {
    const { channel } = channelRig()
    await expect(channel.receive({ timeout: Number.NaN })).rejects.toThrow(
      'the option timeout is NaN: it must be a number from 0 up',
    )
    expect(await stateOf(channel.receive())).toBe('pending')
  })
})
