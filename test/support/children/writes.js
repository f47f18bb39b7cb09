// Counts how often a server hands something to the system for a burst of messages. Run after a build.
import { connect, createServer } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { APPS, burstOf, loaded } from './counted.js'

const DEPTH = 16
const CONNS = 8
const ROUNDS = 25

/** All that a stream of the system has to write with. */
const WRITES = [
  'writeBuffer',
  'writev',
  'writeAsciiString',
  'writeLatin1String',
  'writeUtf8String',
  'writeUcs2String',
]

let writes = 0

/** Has every write of this thread's connections counted. */
async function countWrites() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect(server.address().port, '127.0.0.1')
  await new Promise((resolve) => socket.on('connect', resolve))
  const prototype = Object.getPrototypeOf(socket._handle)
  for (const name of WRITES) {
    const write = prototype[name]
    if (typeof write !== 'function') throw new Error(`this Node has no ${name} to count`)
    prototype[name] = function (...given) {
      writes++
      return Reflect.apply(write, this, given)
    }
  }
  socket.destroy()
  server.close()
}

async function writesPerBurst(app, burst, { publish = false, ...options } = {}) {
  const conns = publish ? CONNS + 1 : CONNS
  return await loaded(app, { conns, ...options }, async (run) => {
    const task = { burst, frames: DEPTH, publish }
    await run({ ...task, rounds: 2 })
    writes = 0
    await run({ ...task, rounds: ROUNDS })
    return writes / (ROUNDS * CONNS)
  })
}

await countWrites()
const words = Buffer.from('the quick brown fox jumps over the lazy dog. '.repeat(3).slice(0, 128))
const burst = burstOf(DEPTH, 0x81, words)
const squeezed = deflateRawSync(words, { finishFlush: 2 }).subarray(0, -4)
const found = {}
for (const name of ['handler', 'session', 'filters', 'async', 'typed']) {
  found[name] = await writesPerBurst(APPS[name], burst)
}
found.deflate = await writesPerBurst(APPS.handler, burstOf(DEPTH, 0xc1, squeezed), {
  deflate: true,
})
found.broadcast = await writesPerBurst(APPS.broadcast, burst, { publish: true })
console.log(JSON.stringify(found))
process.exit(0)
