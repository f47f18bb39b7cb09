import { setTimeout as sleep } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { firstOf, offerOf } from './compression.ts'
import { type Burst, burstsOf } from './payload.ts'
import { openPeers, type Peer } from './peer.ts'
import type { Outcome, Task } from './task.ts'
import { failures, MAX_COUNT, measure } from './window.ts'

const PATIENCE = 10_000

/** Keeps a burst in flight on each connection: the next one goes out when the last message is back. */
export async function echo(task: Task): Promise<Outcome> {
  const { depth } = task.case
  const bursts = burstsOf(task.case, true)
  const peers = await openPeers(task.case.conns, {
    port: task.port,
    path: '/',
    raw: task.raw ? bursts[0]!.bytes.length / depth : undefined,
    offer: offerOf(task.case),
  })
  const { failed, fail } = failures()
  let count = 0
  for (const [i, peer] of peers.entries()) {
    let next = i
    let waiting = depth
    peer.onLost = fail
    peer.onMessages = (messages) => {
      count += messages
      waiting -= messages
      if (waiting < 0) fail(new Error('more messages came back than were sent'))
      if (waiting > 0 || count > MAX_COUNT) return
      waiting = depth
      peer.write(bursts[++next % bursts.length]!.bytes)
    }
    peer.write(bursts[i % bursts.length]!.bytes)
  }
  const { cpu, count: measured, rate } = await Promise.race([measure(task, () => count), failed])
  if (!task.raw) await Promise.race([verified(peers, bursts, task.case), failed])
  const bytes = peers.reduce((sum, { counter }) => sum + counter.bytes, 0)
  const messages = peers.reduce((sum, { counter }) => sum + counter.messages, 0)
  const outcome = { figure: cpu / measured, rate }
  return task.case.workload === 'deflate' ? { ...outcome, wireBytes: bytes / messages } : outcome
}

/** Resolves when the first message of each connection came back as it was sent. */
async function verified(
  peers: readonly Peer[],
  bursts: readonly Burst[],
  { payload }: Case,
): Promise<void> {
  const deadline = Date.now() + PATIENCE
  for (const [i, { counter }] of peers.entries()) {
    while (counter.first === undefined) {
      if (Date.now() > deadline) throw new Error('a connection never got its first message back')
      await sleep(10)
    }
    if (firstOf(counter)?.equals(bursts[i % bursts.length]!.first) !== true) {
      throw new Error('a message came back as another one')
    }
    if ((counter.firstOctet & 0x0f) !== (payload === 'binary' ? 2 : 1)) {
      throw new Error('a message came back with another opcode')
    }
  }
}
