import { expect, test } from 'vitest'
import { sendStream } from '../../src/session/send-stream.ts'
import { streamedMessages } from '../../src/session/streamed-messages.ts'
import { keptOf } from '../support/collect-garbage.ts'
import { sessionRig } from '../support/session-rig.ts'
import { encodeWire } from '../support/wire.ts'

const CHUNK = 65_536
const CHUNKS = 4096
const TOTAL = CHUNK * CHUNKS

/** How many of these chunks something still holds. */
async function held(chunks: readonly WeakRef<Uint8Array>[]): Promise<number> {
  await keptOf(chunks[0]!)
  return chunks.filter((chunk) => chunk.deref() !== undefined).length
}

test('of 256 MiB that come as one message, in one frame, a few chunks are kept', async () => {
  const { session, peer } = sessionRig(
    { fragments: true },
    { mode: 'fragments', limits: { maxMessageSize: TOTAL, maxFrameSize: TOTAL } },
  )
  const header = encodeWire({ opcode: 2, payload: new Uint8Array(70_000), key: new Uint8Array(4) })
  new DataView(header.buffer).setBigUint64(2, BigInt(TOTAL))
  peer.send(header.subarray(0, 14))
  const chunks: WeakRef<Uint8Array>[] = []
  let received = 0
  peer.send(new Uint8Array(CHUNK))
  for await (const message of streamedMessages(session)) {
    for await (const chunk of message) {
      chunks.push(new WeakRef(chunk as Uint8Array))
      received += chunk.length
      if (received === TOTAL) break
      peer.send(new Uint8Array(CHUNK))
    }
    break
  }
  expect(chunks.length).toBe(CHUNKS)
  expect(await held(chunks)).toBeLessThan(8)
})

test('of 256 MiB that are sent as one message, a few chunks are kept', async () => {
  const { session, peer } = sessionRig()
  const chunks: WeakRef<Uint8Array>[] = []
  let sent = 0
  let kept = 0
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < CHUNKS; i++) {
      const chunk = new Uint8Array(CHUNK)
      chunks.push(new WeakRef(chunk))
      yield chunk
      for (const { payload } of peer.frames()) sent += payload.length
    }
    kept = await held(chunks)
  }
  await sendStream(session, source())
  expect(sent).toBe(TOTAL)
  expect(kept).toBeLessThan(8)
})
