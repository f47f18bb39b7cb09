import { describe, expect, test } from 'vitest'
import type { Load } from '../../../src/cli/load/plan.ts'
import { Talker } from '../../../src/cli/load/talker.ts'
import { Tally } from '../../../src/cli/load/tally.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { WsMessage } from '../../../src/websocket/ws-message.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { loadOn } from '../../support/load-rig.ts'

/** A socket that says what it was told, and when it is full. */
class FakeSocket {
  state = 'open'
  full = false
  sent = 0
  closes: number[] = []
  terminated = false
  receive = (_message: WsMessage): void => {}
  end = (_status: WsStatus): void => {}
  drain = (): void => {}
  readonly link = { closeRecord: undefined }

  send(): boolean {
    this.sent++
    return !this.full
  }
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.drain = resolve
    })
  }
  onMessage(fn: (message: WsMessage) => void): void {
    this.receive = fn
  }
  onClose(fn: (status: WsStatus) => void): void {
    this.end = fn
  }
  close({ code }: WsStatus): void {
    this.closes.push(code)
  }
  terminate(): void {
    this.terminated = true
  }
}

function talking(): {
  readonly socket: FakeSocket
  readonly talker: Talker
  readonly tally: Tally
  readonly clock: VirtualClock
} {
  const socket = new FakeSocket()
  const tally = new Tally()
  const clock = new VirtualClock()
  const message = WsMessage.text('abc')
  const load: Load = { plan: { ...loadOn('ws://a/').plan, message }, clock, tally }
  const talker = new Talker(socket as never, load)
  return { socket, talker, tally, clock }
}

const answer = WsMessage.text('abcd')

describe('Talker', () => {
  test('sends again for each answer, so many at once, until there are enough', () => {
    const { socket, talker, tally, clock } = talking()
    let idle = 0
    tally.onIdle = () => idle++
    talker.answering(3, 2)
    expect(socket.sent).toBe(2)
    clock.advance(5)
    socket.receive(answer)
    expect(socket.sent).toBe(3)
    clock.advance(1)
    socket.receive(answer)
    expect(idle).toBe(0)
    socket.receive(answer)
    expect(idle).toBe(1)
    expect(tally).toMatchObject({ sent: 3, received: 3, answered: 3, pending: 0, unasked: 0 })
    expect(tally).toMatchObject({ bytesSent: 9, bytesReceived: 12, lastActivity: 6 })
    expect(tally.answers.distribution).toMatchObject({ count: 3, max: 6 })
  })

  test('times an answer from when its message was due, however late that was sent', async () => {
    const { socket, talker, tally, clock } = talking()
    socket.full = true
    talker.due(0)
    clock.advance(100)
    talker.due(100)
    expect(socket.sent).toBe(1)
    clock.advance(50)
    socket.full = false
    socket.drain()
    await Promise.resolve()
    expect(socket.sent).toBe(2)
    socket.receive(answer)
    socket.receive(answer)
    expect(tally.lateness.distribution?.max).toBe(50)
    expect(tally.answers.distribution?.max).toBe(150)
  })

  test('counts what comes before it begins, and what comes unasked after that', () => {
    const { socket, talker, tally } = talking()
    socket.receive(answer)
    expect(tally).toMatchObject({ received: 1, unasked: 0 })
    talker.due(0)
    socket.receive(answer)
    socket.receive(answer)
    expect(tally).toMatchObject({ received: 3, answered: 1, unasked: 1 })
  })

  test('sends no more once it is stopped, and counts what was due', () => {
    const { socket, talker, tally } = talking()
    socket.full = true
    talker.answering(10, 2)
    expect(tally).toMatchObject({ sent: 1, pending: 2 })
    talker.stop()
    expect(tally).toMatchObject({ sent: 1, pending: 1, unsent: 1 })
    socket.receive(answer)
    expect(tally).toMatchObject({ sent: 1, pending: 0, answered: 1 })
  })

  test('gives up the answers of a connection that has ended, and says that it did', async () => {
    const { socket, talker, tally } = talking()
    let idle = 0
    tally.onIdle = () => idle++
    expect(tally.open).toBe(1)
    talker.due(0)
    socket.state = 'closed'
    socket.end(WsStatus.GOING_AWAY)
    talker.due(1)
    await talker.closed
    expect(tally).toMatchObject({ open: 0, sent: 1, pending: 0, unsent: 1 })
    expect(idle).toBe(1)
    expect(tally.lost).toMatchObject([{ kind: '1001', count: 1 }])
  })

  test('sends nothing on a connection that is closing, and counts it', async () => {
    const { socket, talker, tally } = talking()
    socket.full = true
    talker.due(0)
    talker.due(0)
    socket.state = 'closing'
    socket.drain()
    await Promise.resolve()
    talker.due(1)
    expect(socket.sent).toBe(1)
    expect(tally).toMatchObject({ sent: 1, unsent: 2, pending: 1 })
  })

  test('closes with 1000, which is no early end', () => {
    const { socket, talker, tally } = talking()
    talker.close()
    expect(socket.closes).toEqual([1000])
    socket.end(WsStatus.NORMAL)
    expect(tally.lost).toEqual([])
    expect(tally.ends).toMatchObject([{ kind: '1000', count: 1 }])
  })

  test('can be cut, which is no early end either', () => {
    const { socket, talker, tally } = talking()
    talker.terminate()
    expect(socket.terminated).toBe(true)
    socket.end(WsStatus.ABNORMAL_CLOSE)
    expect(tally.lost).toEqual([])
  })

  test('sends on when too many wait, without times', () => {
    const { socket, talker, tally } = talking()
    tally.pending = 1_000_000
    talker.due(0)
    expect(tally).toMatchObject({ sent: 1, untracked: 1, pending: 1_000_000 })
    socket.full = true
    talker.due(0)
    talker.due(0)
    expect(tally).toMatchObject({ sent: 2, untracked: 2, unsent: 1, pending: 1_000_000 })
  })
})
