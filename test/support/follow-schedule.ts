import { applyFilter } from '../../src/routing/apply-filter.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { chaosTransport } from '../../src/testing/offline/chaos-transport.ts'
import { testWebsocketFactory } from '../../src/testing/offline/test-websocket-factory.ts'
import { acceptance } from '../../src/websocket/accept.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'
import { modeOf, sessionConsumer } from './session-consumer.ts'
import { SessionEnd } from './session-end.ts'
import type { Behind, Schedule } from './session-schedule.ts'
import { type Ended, faultsOf, overfull } from './session-verdict.ts'

/**
 * Does what a schedule says, with a filter at one end, then lets both ends receive and close. Returns what should not have
 * been.
 */
export async function follow(
  schedule: Schedule,
  behind: Behind,
  at: Ended['name'],
): Promise<readonly string[]> {
  const { steps, wire, client: near, server: far } = schedule
  const clock = new VirtualClock()
  const ends = { client: new SessionEnd('client'), server: new SessionEnd('server') }
  const faults: string[] = []
  const onError = ({ message }: Error): void => {
    if (!/^(nothing has been read|on purpose)/.test(message)) faults.push(`reported: ${message}`)
  }

  const consumerOf = (name: Ended['name']): WsConsumer<FrameSocket> => {
    const consumer = sessionConsumer(ends[name], { ...schedule[name], clock, onError })
    return name === at ? applyFilter(behind.filter(clock), consumer) : consumer
  }
  const app: WsHandler<FrameSocket> = () => acceptance(consumerOf('server'), { mode: modeOf(far) })
  const { open } = testWebsocketFactory(app, {
    ...near.sockets,
    mode: modeOf(near),
    clock,
    onError,
    webSockets: { ...far.sockets, clock, onError },
    transport: chaosTransport({ ...wire, clock }),
  })
  open('ws://host/', {}, consumerOf('client'))
  await clock.advanceAsync(0)

  for (const { act, end = 'client', times = 1, ms = 0 } of steps) {
    const { session, acts } = ends[end]
    if (act === undefined) await clock.advanceAsync(ms)
    else if (session !== undefined) for (let i = 0; i < times; i++) acts[act](session)
    if (behind.holds) continue
    faults.push(...overfull(ends.client, near), ...overfull(ends.server, far))
  }
  const [one, other] = (['client', 'server'] as const).map(
    (name): Ended => ({
      name,
      end: ends[name],
      side: schedule[name],
      filtered: name === at,
      closedEarly: ends[name].asked.has('close'),
    }),
  )
  // A session may open only now.
  await clock.advanceAsync(20)
  for (const { end } of [one!, other!]) end.drain()
  await clock.advanceAsync(10_000)
  for (const { end } of [one!, other!]) {
    if (end.session !== undefined) end.acts.close(end.session)
    await clock.advanceAsync(5_000)
  }
  await clock.advanceAsync(40_000)

  faults.push(...faultsOf(one!, other!, behind), ...faultsOf(other!, one!, behind))
  if (clock.pending > 0) faults.push(`${clock.pending} timers are pending`)
  return faults
}
