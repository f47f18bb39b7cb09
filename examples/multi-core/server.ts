import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { type Server, serve } from 'antiphon'
import { node } from 'antiphon/node'
import { ipcBroker, relay } from './broker.ts'
import { crowd } from './crowd.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

if (cluster.isPrimary) {
  lead(Number(process.env.WORKERS || availableParallelism()))
} else {
  const server = await serve(crowd(ipcBroker()), node({ port: Number(process.env.PORT || 9000) }))
  // A terminal tells every process, and the primary tells its workers: they hear it twice.
  for (const signal of SIGNALS) process.on(signal, () => void leave(server))
}

/** Serves nobody itself: starts the workers, passes on what they say, and replaces those that die. */
function lead(count: number): void {
  const served = new Set<number | undefined>()
  let stopping = false
  relay()
  for (let i = 0; i < count; i++) cluster.fork()

  cluster.on('listening', ({ process: { pid } }, { port }) => {
    served.add(pid)
    console.log(`crowd: worker ${pid} serves port ${port}`)
  })
  cluster.on('exit', ({ process: { pid } }) => {
    if (stopping) return
    // One that never served, because the port is taken, say, would do no better a second time.
    if (served.delete(pid)) cluster.fork()
    else process.exitCode = 1
  })
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      stopping = true
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
    })
  }
}

/** Says goodbye to everybody, and then to the primary: with nothing left to do, the process ends. */
async function leave(server: Server): Promise<void> {
  await server.stop()
  if (process.connected) process.disconnect()
}
