import { firstOf, offerOf } from './compression.ts'
import { burstsOf } from './payload.ts'
import { openPeer, openPeers } from './peer.ts'
import type { Outcome, Task } from './task.ts'
import { failures, MAX_COUNT, measure } from './window.ts'

/** One connection publishes a burst, all others get it; the next burst goes out when they have. */
export async function broadcast(task: Task): Promise<Outcome> {
  const { conns, depth } = task.case
  const bursts = burstsOf(task.case, true)
  const { port } = task
  const offer = offerOf(task.case)
  const subscribers = await openPeers(conns, { port, path: '/subscribe', offer })
  const publisher = await openPeer({ port, path: '/publish', offer })
  const { failed, fail } = failures()
  publisher.onLost = fail
  let count = 0
  let waiting = 0
  let next = 0
  const publish = (): void => {
    waiting = conns * depth
    publisher.write(bursts[next++ % bursts.length]!.bytes)
  }
  for (const peer of subscribers) {
    peer.onLost = fail
    peer.onMessages = (messages) => {
      count += messages
      waiting -= messages
      if (waiting === 0 && count < MAX_COUNT) publish()
    }
  }
  publish()
  const { cpu, count: measured, rate } = await Promise.race([measure(task, () => count), failed])
  for (const { counter } of subscribers) {
    if (firstOf(counter)?.equals(bursts[0]!.first) === false) {
      throw new Error('a subscriber got another message than the one that was published')
    }
  }
  return { figure: cpu / measured, rate }
}
