import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { record } from '../../src/filters/record.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { applyFilter } from '../../src/routing/apply-filter.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { chaosTransport } from '../../src/testing/offline/chaos-transport.ts'
import { testWebsocketFactory } from '../../src/testing/offline/test-websocket-factory.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { badNetwork, delaying } from '../support/late-filters.ts'

/** One end of a connection: what it can do, and what is written down of it. */
class End {
  socket!: FrameSocket
  readonly sent: string[] = []
  readonly heard: string[] = []
  /** What should not have been. */
  readonly faults: string[] = []
  readonly ends: CloseReason[] = []
  /** Promises that are still to settle. */
  waiting = 0
  paused = false
  #remove = (): void => {}

  /** A consumer that never settles: what nobody listens to is held. */
  open(socket: FrameSocket): Promise<void> {
    this.socket = socket
    socket.onClose((status) => this.ends.push(status))
    return new Promise(() => {})
  }

  readonly acts = {
    send: () => {
      const text = `${this.sent.length}`.padEnd(this.sent.length % 4 === 3 ? 900 : 0)
      if (this.socket.state === 'open') this.sent.push(text)
      this.socket.send(text)
    },
    listen: () => this.#listen(false),
    listenOnce: () => this.#listen(true),
    leave: () => this.#remove(),
    pause: () => {
      this.paused = true
      this.socket.link.pause()
    },
    resume: () => this.socket.link.resume(),
    ping: () => this.socket.link.ping(),
    wait: () => {
      this.#await(this.socket.drained())
      this.#await(this.socket.link.flush())
    },
    listenAndClose: () => {
      this.acts.listen()
      this.acts.close()
    },
    close: () => this.socket.close(new CloseReason(4000)),
    terminate: () => this.socket.terminate(),
  }

  /** In place of the listener before. */
  #listen(once: boolean): void {
    const late = this.ends.length > 0
    let listening = true
    this.#remove()
    const remove = this.socket.onMessage(async (message) => {
      this.heard.push(message.text())
      if (!listening) this.faults.push('a listener that was removed heard a message')
      if (this.ends.length > 0 && !late) this.faults.push('a message came behind the end')
      if (once) this.#remove()
    })
    this.#remove = () => {
      listening = false
      remove()
    }
  }

  #await(promise: Promise<void>): void {
    this.waiting++
    void promise.then(() => this.waiting--)
  }
}

type Act = keyof End['acts']

const act = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Act>('send') },
  {
    weight: 10,
    arbitrary: fc.constantFrom<Act>(
      'listen',
      'listenOnce',
      'leave',
      'pause',
      'resume',
      'ping',
      'wait',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<Act>('close', 'listenAndClose', 'terminate') },
)
/** Of one end, or time that passes. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act, end: fc.constantFrom('client', 'server') }) },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(0, 5, 100, 20_000) }) },
)
const options = fc.record({
  highWaterMark: fc.constantFrom(0, 1_000),
  slowConsumer: fc.constant('wait' as const),
  inboundMark: fc.record({ messages: fc.constantFrom(1, 3, 256) }),
})
const wire = fc.record({
  cut: fc.constantFrom('random' as const, undefined),
  delay: fc.constantFrom(0, 1),
})

const none: WsFilter = (next) => next

describe.each<[string, (clock: VirtualClock) => WsFilter]>([
  ['a bare socket', () => none],
  ['a socket that is recorded', (clock) => record(() => {}, { clock })],
  ['a socket that hears late', delaying],
  ['a socket of a bad network', badNetwork],
])('whatever both ends do, and in whatever order, %s', (_, filterOf) => {
  test('loses no message, ends once, and leaves nothing behind', async () => {
    const run = async (
      steps: readonly { readonly act?: Act; readonly end?: string; readonly ms?: number }[],
      settings: object,
      network: object,
    ): Promise<void> => {
      const clock = new VirtualClock()
      const [client, server] = [new End(), new End()]
      const reports: Error[] = []
      const all = { ...settings, clock, onError: (error: Error) => reports.push(error) }
      const app = applyFilter<FrameSocket>(filterOf(clock), (socket) => server.open(socket))
      const { open } = testWebsocketFactory(() => app, {
        ...all,
        webSockets: all,
        transport: chaosTransport({ ...network, clock }),
      })
      open('ws://host/', {}, (socket) => client.open(socket))
      await clock.advanceAsync(0)

      for (const { act, end, ms } of steps) {
        if (act === undefined) await clock.advanceAsync(ms ?? 0)
        else (end === 'client' ? client : server).acts[act]()
      }
      for (const act of ['resume', 'listen', 'close'] as const) {
        for (const end of [client, server]) {
          end.acts[act]()
          await clock.advanceAsync(5_000)
        }
      }
      await clock.advanceAsync(20_000)

      for (const [end, peer] of [
        [client, server],
        [server, client],
      ] as const) {
        const { socket, heard } = end
        const { closeRecord } = socket.link
        expect(end.faults).toEqual([])
        expect(end.ends).toEqual([closeRecord?.reason])
        const whole = closeRecord?.remote !== undefined && !end.paused && filterOf(clock) === none
        expect(heard).toEqual(whole ? peer.sent : peer.sent.slice(0, heard.length))
        expect([socket.state, socket.bufferedAmount, end.waiting]).toEqual(['closed', 0, 0])
      }
      const { remote } = client.socket.link.closeRecord ?? {}
      if (remote !== undefined) expect(server.socket.link.closeRecord?.local).toEqual(remote)
      // Nobody listened for long: that is reported rightly.
      const others = reports.filter(({ message }) => !message.startsWith('nothing has been read'))
      expect([others, clock.pending]).toEqual([[], 0])
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), options, wire, run), {
      numRuns: 100,
    })
  })
})
