import { webSocket, webSocketRaw } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { chaosTransport } from '../../src/testing/chaos-transport.ts'
import { testSessionClient } from '../../src/testing/test-session-client.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { SessionEnd } from './session-end.ts'
import type { Behind, Schedule } from './session-schedule.ts'
import { type Ended, faultsOf, overfull } from './session-verdict.ts'

/** Does what a schedule says, then lets both ends receive and close. Returns what should not have been. */
export async function follow(schedule: Schedule, behind: Behind): Promise<readonly string[]> {
  const { steps, wire, client: near, server: far } = schedule
  const clock = new VirtualClock()
  const ends = { client: new SessionEnd('client'), server: new SessionEnd('server') }
  const faults: string[] = []
  const onError = ({ message }: Error): void => {
    if (!/^(nothing has been read|on purpose)/.test(message)) faults.push(`reported: ${message}`)
  }

  const { channels, controlFrames } = far
  const route = far.raw
    ? webSocketRaw({ channels }, (session) => ends.server.open(session))
    : webSocket({ channels, controlFrames }, (session) => ends.server.open(session))
  const client = testSessionClient(websockets(route).withFilter(behind.filter(clock)), {
    ...near.sockets,
    channels: near.channels,
    controlFrames: near.controlFrames,
    clock,
    onError,
    webSockets: { ...far.sockets, clock, onError },
    transport: chaosTransport({ ...wire, clock }),
  })
  const session = near.raw
    ? client.webSocketRawSession('ws://host/')
    : client.webSocketSession('ws://host/')
  session.then((opened) => ends.client.open(opened)).catch(() => {})
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
