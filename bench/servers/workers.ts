import cluster, { type Worker } from 'node:cluster'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ready } from './control.ts'

const [count = '1', measured = '{}'] = process.argv.slice(2)

cluster.setupPrimary({
  exec: fileURLToPath(new URL('./antiphon.js', import.meta.url)),
  args: ['handler', measured],
  silent: true,
})
const workers = Array.from({ length: Number(count) }, () => cluster.fork())
const ports = await Promise.all(workers.map(portOf))
ready(ports[0]!, () => {}, [process.pid, ...workers.map((worker) => worker.process.pid!)])

/** What a worker says on its own line: all of them listen on one port. */
function portOf({ process: worker }: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)))
    worker.stderr?.pipe(process.stderr)
    createInterface(worker.stdout!).on('line', (line) => {
      const [word, port] = line.split(' ')
      if (word === 'port') resolve(Number(port))
    })
  })
}
