import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { newKey } from '../../src/protocol/handshake/accept-key.ts'
import { echoing } from '../support/program.ts'
import { encodeWire } from '../support/wire.ts'

const MESSAGES = 1_024
const SIZE = 65_536
/** What the server sends: the answer to the handshake, and each message after 10 bytes of header. */
const ECHOED = MESSAGES * (SIZE + 10)

test('antiphon echo reads no faster than its peer, and loses nothing', async () => {
  await using server = await echoing()
  const { hostname, port } = new URL(server.url)
  const client = connectTcp(Number(port), hostname)
  const lines = ['GET / HTTP/1.1', `Host: ${hostname}:${port}`, 'Upgrade: websocket']
  lines.push('Connection: Upgrade', `Sec-WebSocket-Key: ${newKey()}`, 'Sec-WebSocket-Version: 13')
  client.write(`${lines.join('\r\n')}\r\n\r\n`)
  await once(client, 'readable')
  const head: Buffer = client.read()
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\n$/s)

  const key = Uint8Array.of(1, 2, 3, 4)
  const frame = encodeWire({ opcode: 2, payload: new Uint8Array(SIZE), key })
  for (let i = 0; i < MESSAGES; i++) client.write(frame)
  expect(await standstill(() => client.writableLength)).toBeGreaterThan((MESSAGES * SIZE) / 4)

  let received = 0
  client.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received >= ECHOED) client.destroy()
  })
  await once(client, 'close')
  expect(received).toBe(ECHOED)
})

/** The value, once it has not changed for a while. */
async function standstill(value: () => number): Promise<number> {
  for (let before = Number.NaN; ; ) {
    const now = value()
    if (now === before) return now
    before = now
    await wait(100)
  }
}
