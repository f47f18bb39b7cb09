import { setTimeout as sleep } from 'node:timers/promises'
import { openPeer, openPeers, type PeerOptions } from './peer.ts'
import type { Outcome, Task } from './task.ts'
import { tell, usageOf } from './usage.ts'
import { failures, measure } from './window.ts'

const SETTLE = 1000

/** Opens connections, and drops each as soon as it is open. */
export async function handshakes(task: Task): Promise<Outcome> {
  const { failed, fail } = failures()
  let count = 0
  let on = true
  const target: PeerOptions = { port: task.port, path: '/' }
  const lane = async (): Promise<void> => {
    while (on) {
      const peer = await openPeer(target)
      count++
      peer.drop()
      await peer.over
    }
  }
  const lanes = Promise.all(Array.from({ length: task.case.conns }, lane))
  lanes.catch(fail)
  const { cpu, count: measured } = await Promise.race([measure(task, () => count), failed])
  on = false
  await lanes
  return { figure: measured / (cpu / 1e6) }
}

/** Opens connections that have nothing to say. */
export async function idle(task: Task): Promise<Outcome> {
  const target: PeerOptions = { port: task.port, path: '/', raw: task.raw ? 1 : undefined }
  // What a server makes once, it has made by then.
  const [early] = await openPeers(1, target)
  await sleep(SETTLE)
  const before = await usageOf(task.pids)
  const peers = await openPeers(task.case.conns, target)
  const { failed, fail } = failures()
  for (const peer of [early!, ...peers]) peer.onLost = fail
  await Promise.race([sleep(SETTLE), failed])
  const after = await usageOf(task.pids)
  return { figure: (after.rss - before.rss) / peers.length }
}

/** Opens connections and has the server close them all; peers answer its Close frames. */
export async function closing(task: Task): Promise<Outcome> {
  const peers = await openPeers(task.case.conns, { port: task.port, path: '/' })
  for (const peer of peers) peer.release()
  await sleep(SETTLE)
  const start = performance.now()
  let answered = 0
  const all = Promise.all(peers.map(({ over }) => over))
  for (const peer of peers) {
    peer.onClose = () => {
      answered++
      peer.answerClose()
    }
  }
  tell({ type: 'ask', what: 'stop' })
  await all
  const figure = performance.now() - start
  if (answered < peers.length) throw new Error('connections ended without a Close frame')
  return { figure }
}
