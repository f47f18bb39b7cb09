import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { Besieged } from '../support/besieged.ts'
import { clientFrames, handshake, type RawClient } from '../support/raw-client.ts'

const MIB = 1024 * 1024

/** Blocks that each inflate to 16 MiB, from 16 KiB. */
function bomb(blocks: number): Buffer {
  const block = deflateRawSync(new Uint8Array(16 * MIB), { finishFlush: constants.Z_SYNC_FLUSH })
  return Buffer.concat(Array.from({ length: blocks }, () => block)).subarray(0, -4)
}

async function besieged(maxMessageSize?: number): Promise<Besieged> {
  const extensions = [
    WebSocketExtensions.deflate({ serverNoContextTakeover: false, clientNoContextTakeover: false }),
  ]
  const limits = maxMessageSize === undefined ? {} : { maxMessageSize }
  return await Besieged.start({ webSockets: { extensions, ...limits } })
}

async function attackerOf(server: Besieged): Promise<RawClient> {
  const attacker = await server.stranger()
  attacker.write(handshake('/', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }))
  expect(await attacker.head()).toMatch(/permessage-deflate/)
  return attacker
}

describe('a decompression bomb', () => {
  it('of 900 MiB ends at the limit, before memory is spent', async () => {
    await using server = await besieged()
    const attacker = await attackerOf(server)
    const payload = bomb(56)
    const before = process.resourceUsage().maxRSS
    attacker.write(clientFrames({ opcode: 2, rsv: 4, payload }))
    expect(await attacker.shown()).toBe(
      `close 1009 a message that inflates to more than ${MIB} bytes`,
    )
    // In KiB; without the limit it would be 900,000.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100 * 1024)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })

  it('in fragments ends the same way', async () => {
    await using server = await besieged()
    const attacker = await attackerOf(server)
    const payload = bomb(1)
    attacker.send(
      { opcode: 2, rsv: 4, fin: false, payload: payload.subarray(0, 5000) },
      { opcode: 0, fin: false, payload: payload.subarray(5000, 9000) },
      { opcode: 0, payload: payload.subarray(9000) },
    )
    expect(await attacker.shown()).toMatch(/^close 1009 /)
  })

  it('of many small ones costs one at a time', async () => {
    await using server = await besieged(64 * 1024)
    const attacker = await attackerOf(server)
    const small = deflateRawSync(new Uint8Array(64 * 1024), {
      finishFlush: constants.Z_SYNC_FLUSH,
    }).subarray(0, -4)
    const count = 200
    for (let i = 0; i < count; i++) attacker.send({ opcode: 2, rsv: 4, payload: small })
    for (let i = 0; i < count; i++) expect((await attacker.frame()).rsv).toBe(4)
    expect(server.lines).toEqual([])
  })

  it('of final blocks, two bytes each, ends at a limit of its own', async () => {
    await using server = await besieged()
    const attacker = await attackerOf(server)
    const payload = Buffer.alloc(20_000, '0300', 'hex')
    attacker.send({ opcode: 2, rsv: 4, payload })
    expect(await attacker.shown()).toBe('close 1008 more than 1024 final blocks in one message')
    expect(server.lines).toEqual([])
  })

  it('of bytes that are no deflate ends with 1007', async () => {
    await using server = await besieged()
    const attacker = await attackerOf(server)
    attacker.send({ opcode: 2, rsv: 4, payload: new Uint8Array(1000).fill(0xff) })
    expect(await attacker.shown()).toMatch(/^close 1007 /)
    expect(await server.serves()).toBe(true)
    expect(server.lines).toEqual([])
  })
})
