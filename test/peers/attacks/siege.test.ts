import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { constants, deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { antiphon, echoing, type Program } from '../../support/program.ts'
import { clientFrames, handshake, RawClient } from '../../support/raw-client.ts'

const MIB = 1024 * 1024

/** One process, with every limit at its default, that goes through all of it. */
let server: Program & { readonly url: string }

beforeAll(async () => {
  server = await echoing(antiphon('echo', '--deflate'))
})

afterAll(async () => {
  await server.stop()
})

const port = (): number => Number(new URL(server.url).port)

/** In bytes, as Linux tells it. */
function memory(): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'latin1')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

async function mute(): Promise<Socket> {
  const socket = connectTcp({ port: port(), host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function upgraded(headers = {}): Promise<RawClient> {
  const client = await RawClient.open(port())
  client.write(handshake('/', headers))
  expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /)
  return client
}

/** Whether a good peer is served, and nothing was said of the bad ones. */
async function unmoved(): Promise<void> {
  await using peer = await upgraded()
  peer.send({ opcode: 1, payload: 'still there?' })
  expect(await peer.shown()).toBe('1 still there?')
  expect(server.errors.text).toBe('')
}

const thousand = (opcode: number, payload: string): Buffer =>
  clientFrames(...Array.from({ length: 1000 }, () => ({ opcode, payload })))

// Seconds of work each, which others on the machine may make minutes. The last one stops the server.
describe('a server that is besieged', { timeout: 180_000, shuffle: false }, () => {
  it('serves others through ten thousand half-open handshakes, and sees them off', async () => {
    const before = memory()
    const beginnings = ['', handshake().slice(0, 20), handshake().slice(0, -2)]
    let left = 0
    const gone: Promise<unknown>[] = []
    for (let i = 0; i < 10_000; i += 500) {
      const batch = Array.from({ length: 500 }, async (_, k) => {
        const socket = await mute()
        left++
        gone.push(once(socket.resume(), 'close').then(() => left--))
        socket.write(beginnings[k % beginnings.length]!)
      })
      await Promise.all(batch)
    }
    await unmoved()
    expect(memory() - before).toBeLessThan(10_000 * 40_000)
    await Promise.all(gone)
    expect(left).toBe(0)
    await unmoved()
  })

  it('reads a hundred thousand bytes in chunks of one', async () => {
    await using attacker = await upgraded()
    const size = 100_000
    const frame = clientFrames({ opcode: 2, payload: new Uint8Array(size) })
    for (let i = 0; i < frame.length; i++) {
      attacker.write(frame.subarray(i, i + 1))
      if (i % 64 === 0) await turn()
    }
    expect((await attacker.frame()).payload.length).toBe(size)
    await unmoved()
  })

  it('keeps its memory under floods of half a gigabyte that nobody reads the answers to', async () => {
    const before = memory()
    for (const opcode of [9, 10]) {
      const attacker = await mute()
      attacker.write(handshake())
      const flood = thousand(opcode, 'x'.repeat(125))
      for (let sent = 0; sent < 256 * MIB; sent += flood.length) {
        if (!attacker.write(flood)) await once(attacker, 'drain')
      }
      expect(memory() - before).toBeLessThan(100 * MIB)
      attacker.destroy()
    }
    await unmoved()
  })

  it('stops reading from a peer that asks for echoes and reads none', async () => {
    const before = memory()
    const attacker = await mute()
    attacker.write(handshake())
    const flood = thousand(1, 'x'.repeat(1000))
    let sent = 0
    while (sent < 500 * MIB && attacker.writableLength < 8 * MIB) {
      attacker.write(flood)
      sent += flood.length
      for (let i = 0; i < 20; i++) await turn()
    }
    expect(sent).toBeLessThan(200 * MIB)
    expect(memory() - before).toBeLessThan(100 * MIB)
    await unmoved()
    attacker.destroy()
  })

  it('inflates no bomb, however many try', async () => {
    const before = memory()
    const block = deflateRawSync(new Uint8Array(16 * MIB), {
      finishFlush: constants.Z_SYNC_FLUSH,
    })
    const payload = Buffer.concat(Array.from({ length: 50 }, () => block)).subarray(0, -4)
    const frame = clientFrames({ opcode: 2, rsv: 4, payload })
    for (let i = 0; i < 50; i++) {
      await using attacker = await upgraded({ 'Sec-WebSocket-Extensions': 'permessage-deflate' })
      attacker.write(frame)
      expect(await attacker.shown()).toMatch(/^close 1009 /)
    }
    expect(memory() - before).toBeLessThan(100 * MIB)
    await unmoved()
  })

  it('forgets three thousand peers that reset the connection', async () => {
    for (let i = 0; i < 3000; i += 100) {
      const batch = Array.from({ length: 100 }, async (_, k) => {
        const socket = await mute()
        socket.write(handshake())
        if (k % 3 > 0)
          socket.write(clientFrames({ opcode: 1, payload: 'x' }).subarray(0, 4 + (k % 4)))
        if (k % 2 > 0) await once(socket, 'readable')
        socket.resetAndDestroy()
      })
      await Promise.all(batch)
    }
    await unmoved()
  })

  it('answers nonsense in every form with one refusal each', async () => {
    const forms = [
      Buffer.alloc(100_000, 'A'),
      Buffer.alloc(100_000, 0),
      Buffer.from(handshake().replaceAll('\r\n', '\r')),
      Buffer.from(`GET / HTTP/1.1\r\n${'a:b\r\n'.repeat(100_000)}`),
      Buffer.from(`GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\n`),
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    ]
    for (const form of forms) {
      const answers: string[] = []
      for (let i = 0; i < 20; i++) {
        await using attacker = await RawClient.open(port())
        attacker.write(form)
        answers.push(await attacker.rest())
      }
      // Whoever is still writing may be reset before it has read its answer.
      const read = answers.filter((answer) => answer !== '')
      expect(read.length).toBeGreaterThan(0)
      for (const answer of read) {
        expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1)
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
      }
    }
    await unmoved()
  })

  it('said nothing of all that, and ends as it should', async () => {
    expect(server.errors.text).toBe('')
    expect(await server.stop()).toBe(0)
  })
})
