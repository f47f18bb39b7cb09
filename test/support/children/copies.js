// Counts how many bytes a server copies for each byte of a message. Run after a build.
import { isAnyArrayBuffer } from 'node:util/types'
import { APPS, burstOf, loaded } from './counted.js'

const CONNS = 4
const ROUNDS = 8

let copied = 0
let within = false

/** Counts what a function that copies is given, by what `size` says of the call, and not again what it calls itself. */
function count(owner, name, size) {
  const original = owner[name]
  owner[name] = function (...given) {
    const outermost = !within
    within = true
    try {
      const result = Reflect.apply(original, this, given)
      if (outermost) copied += size(this, given, result)
      return result
    } finally {
      if (outermost) within = false
    }
  }
}

const resultLength = (_self, _given, result) => result.length
const resultItself = (_self, _given, result) => result

count(Object.getPrototypeOf(Uint8Array.prototype), 'set', (_self, [source]) => source.length)
count(Object.getPrototypeOf(Uint8Array.prototype), 'slice', resultLength)
count(Object.getPrototypeOf(Uint8Array.prototype), 'copyWithin', (self, [, start, end]) => {
  return (end ?? self.length) - start
})
count(ArrayBuffer.prototype, 'slice', (_self, _given, result) => result.byteLength)
count(Buffer.prototype, 'copy', resultItself)
for (const name of ['write', 'latin1Write', 'utf8Write'])
  count(Buffer.prototype, name, resultItself)
count(Buffer, 'concat', resultLength)
// Of a buffer it makes a view, of anything else a copy.
count(Buffer, 'from', (_self, [source], { length }) => (isAnyArrayBuffer(source) ? 0 : length))
if (Buffer.copyBytesFrom !== undefined) count(Buffer, 'copyBytesFrom', resultLength)
count(TextEncoder.prototype, 'encode', resultLength)
count(TextEncoder.prototype, 'encodeInto', (_self, _given, { written }) => written)

/** Bytes copied for each byte that is sent. */
async function copiesPerByte(app, depth, opcode, size, publish = false) {
  const conns = publish ? CONNS + 1 : CONNS
  return await loaded(app, { conns }, async (run) => {
    const burst = burstOf(depth, opcode, Buffer.alloc(size, 'a'))
    const task = { burst, frames: depth, publish }
    await run({ ...task, rounds: 2 })
    copied = 0
    await run({ ...task, rounds: ROUNDS })
    return copied / (ROUNDS * CONNS * depth * size)
  })
}

console.log(
  JSON.stringify({
    'binary, 1 KiB, bursts of 16': await copiesPerByte(APPS.handler, 16, 0x82, 1024),
    'binary, 16 KiB': await copiesPerByte(APPS.handler, 1, 0x82, 16_384),
    'binary, 1 MiB': await copiesPerByte(APPS.handler, 1, 0x82, 1_048_576),
    'text, 1 KiB, bursts of 16': await copiesPerByte(APPS.handler, 16, 0x81, 1024),
    'text, 1 MiB': await copiesPerByte(APPS.handler, 1, 0x81, 1_048_576),
    'session, 16 KiB binary': await copiesPerByte(APPS.session, 1, 0x82, 16_384),
    'broadcast, 1 KiB, bursts of 16': await copiesPerByte(APPS.broadcast, 16, 0x82, 1024, true),
  }),
)
process.exit(0)
