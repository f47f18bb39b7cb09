import { describe, expect, test } from 'vitest'
import type { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { OverflowException } from '../../../src/websocket/errors.ts'
import type { Websocket } from '../../../src/websocket/websocket.ts'
import { bytes } from '../../support/hex.ts'
import { AbleTransport, messageRig } from '../../support/message-rig.ts'
import { rig, settled } from '../../support/socket-rig.ts'
import { encodeWire } from '../../support/wire.ts'

/** A socket that reads no more than two messages ahead of its listeners. */
interface Stalled {
  readonly socket: Websocket
  readonly clock: VirtualClock
  readonly reports: readonly unknown[]
  receive(text: string): void
}

const inboundMark = { bytes: 100, messages: 2 }
const KEY = bytes('37 fa 21 3d')

const SOCKETS: readonly (readonly [string, () => Stalled])[] = [
  [
    'over frames',
    () => {
      const one = rig({ inboundMark })
      const receive = (payload: string): void =>
        one.peer.send(encodeWire({ opcode: 1, payload, key: KEY }))
      return { ...one, receive }
    },
  ],
  [
    'over the messages of a runtime',
    () => {
      const reports: Error[] = []
      const onError = (error: Error): void => void reports.push(error)
      const one = messageRig(new AbleTransport(), { inboundMark, onError })
      return { ...one, reports, receive: (text) => one.core.received(text) }
    },
  ],
]

describe.each(SOCKETS)('reading that listeners keep paused, %s,', (_, make) => {
  /** Three messages that the listener is not done with, one more than may be. */
  function stalled(): Stalled & { readonly finish: () => Promise<void> } {
    const one = make()
    const waiting: (() => void)[] = []
    one.socket.onMessage(() => new Promise<void>((resolve) => waiting.push(resolve)))
    for (const text of ['a', 'b', 'c']) one.receive(text)
    return {
      ...one,
      async finish() {
        for (const done of waiting) done()
        await settled()
      },
    }
  }

  test('is reported after 30 s, once', () => {
    const { clock, reports } = stalled()
    clock.advance(29_999)
    expect(reports).toEqual([])
    clock.advance(90_000)
    expect(reports).toEqual([
      new OverflowException(
        'nothing has been read for 30 s: 3 messages were not taken yet, or the promises of their listeners are pending',
      ),
    ])
  })

  test('is not reported when they finish in time', async () => {
    const { clock, reports, finish } = stalled()
    clock.advance(29_999)
    await finish()
    clock.advance(90_000)
    expect([reports, clock.pending]).toEqual([[], 0])
  })

  test('is reported each time that it lasts', async () => {
    const { receive, clock, reports, finish } = stalled()
    clock.advance(30_000)
    await finish()
    for (const text of ['d', 'e', 'f']) receive(text)
    clock.advance(30_000)
    expect(reports).toHaveLength(2)
  })

  test('is not reported after the end, whenever they finish', async () => {
    const { socket, clock, reports, finish } = stalled()
    socket.terminate()
    expect(clock.pending).toBe(0)
    await finish()
    expect([reports, clock.pending]).toEqual([[], 0])
  })
})
