// Counts what a server allocates for a message. Run with --expose-gc and a young generation so large that nothing is
// collected meanwhile, after a build.
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { deflateRawSync, constants as zlib } from 'node:zlib'
import { APPS, burstOf, loaded } from './counted.js'

const CONNS = 8
/** Bytes of messages: little enough that the memory outside of the heap is no reason to collect. */
const AT_ONCE = 1024 * 1024
const WARM = 100
/** So many that nothing disturbed, of so many. */
const ENOUGH = 3
const ATTEMPTS = 30

/** Collections that somebody asked for, and others. */
let forced = 0
let others = 0
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    if (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) forced++
    else others++
  }
}).observe({ entryTypes: ['gc'] })

/** Collects, and waits until that was observed, and with it all that was collected before. */
async function collect() {
  forced = 0
  globalThis.gc()
  // Before the second one, the memory that the first one freed outside of the heap is given back.
  globalThis.gc()
  while (forced < 2) await new Promise((resolve) => setImmediate(resolve))
}

/** Bytes for each message, of the heap and of memory outside of it. */
/** `size`: of a message that is compressed, before it was. */
async function bytesPerMessage(app, depth, opcode, payload, size = 0) {
  return await loaded(app, { conns: CONNS, deflate: size > 0 }, async (run) => {
    const task = { burst: burstOf(depth, opcode, payload), frames: depth, publish: false }
    const rounds = Math.ceil(AT_ONCE / (CONNS * Math.max(task.burst.length, depth * size)))
    await run({ ...task, rounds: WARM })
    await collect()
    const counts = []
    for (let attempt = 0; attempt < ATTEMPTS && counts.length < ENOUGH; attempt++) {
      others = 0
      const before = process.memoryUsage()
      await run({ ...task, rounds })
      const after = process.memoryUsage()
      await collect()
      const messages = rounds * CONNS * depth
      if (others > 0) continue
      counts.push({
        heap: (after.heapUsed - before.heapUsed) / messages,
        outside: (after.arrayBuffers - before.arrayBuffers) / messages,
      })
    }
    if (counts.length < ENOUGH) throw new Error('garbage was collected all the time')
    // Compilation, and whatever else happens once, only ever adds.
    const least = (name) => Math.min(...counts.map((count) => count[name]))
    return { heap: least('heap'), outside: least('outside') }
  })
}

const text = Buffer.alloc(128, 'text ')
const found = {}
for (const name of ['handler', 'session', 'filters', 'async', 'typed']) {
  found[name] = await bytesPerMessage(APPS[name], 16, 0x81, text)
}
found['handler, one at a time'] = await bytesPerMessage(APPS.handler, 1, 0x81, text)
found['handler, 4 KiB binary'] = await bytesPerMessage(APPS.handler, 4, 0x82, Buffer.alloc(4096))
found['reader, 4 KiB binary'] = await bytesPerMessage(APPS.reader, 4, 0x82, Buffer.alloc(4096))
const flushed = deflateRawSync(Buffer.alloc(1024, 'text '), { finishFlush: zlib.Z_SYNC_FLUSH })
const packed = flushed.subarray(0, -4)
found['handler, 1 KiB text, compressed'] = await bytesPerMessage(
  APPS.handler,
  16,
  0xc1,
  packed,
  1024,
)
found['handler, 1 KiB binary, compressed'] = await bytesPerMessage(
  APPS.handler,
  16,
  0xc2,
  packed,
  1024,
)
console.log(JSON.stringify(found))
process.exit(0)
