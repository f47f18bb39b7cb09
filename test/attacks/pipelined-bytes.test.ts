import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { open } from '../../src/node/client/connect.ts'
import { Besieged } from '../support/besieged.ts'
import { clientFrames, handshake, RawClient } from '../support/raw-client.ts'
import { rawServer } from '../support/raw-server.ts'

const hundred = Array.from({ length: 100 }, (_, i) => ({ opcode: 1, payload: String(i) }))
const numbers = hundred.map(({ payload }) => payload)

describe('bytes behind the handshake, in the same packet', () => {
  it('are read, in order, once', async () => {
    await using server = await Besieged.start()
    const peer = await server.stranger()
    peer.write(Buffer.concat([Buffer.from(handshake()), clientFrames(...hundred)]))
    await peer.head()
    for (const number of numbers) expect(await peer.shown()).toBe(`1 ${number}`)
  })

  it('are read once when the handshake itself comes byte by byte', async () => {
    await using server = await Besieged.start()
    const peer = await server.stranger()
    const all = Buffer.concat([Buffer.from(handshake()), clientFrames(...hundred.slice(0, 3))])
    for (const octet of all) peer.write(Uint8Array.of(octet))
    await peer.head()
    for (const number of ['0', '1', '2']) expect(await peer.shown()).toBe(`1 ${number}`)
  })

  it('wait for an application that takes its time, and so does whatever is behind them', async () => {
    let decide: (() => void) | undefined
    const heard: string[] = []
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    await using server = await Besieged.start({
      app: async () => {
        await decided
        return (socket) => {
          socket.onMessage((message) => {
            if (message.mode === 'text') heard.push(message.text())
            if (heard.length === 100) socket.send('all')
          })
        }
      },
    })
    const peer = await server.stranger()
    peer.write(handshake())
    // Between the hundred, 200,000 bytes of nothing each, under a mask of nothing.
    const large = Buffer.alloc(14 + 200_000)
    large.set([0x82, 0xff, 0, 0, 0, 0, 0, 3, 0x0d, 0x40])
    const block = Buffer.concat(hundred.flatMap((frame) => [large, clientFrames(frame)]))
    peer.write(block)
    // 20 MB are more than the system holds: unless the server reads them, they stay where they are.
    for (let i = 0; i < 50; i++) await turn()
    expect(peer.socket.writableLength).toBe(block.length)
    decide?.()
    await peer.head()
    expect(await peer.shown()).toBe('1 all')
    expect(heard).toEqual(numbers)
  })

  it('that break the protocol end the connection, and the answer comes first', async () => {
    await using server = await Besieged.start()
    const attacker = await server.stranger()
    attacker.write(Buffer.concat([Buffer.from(handshake()), Buffer.of(0x83, 0x80, 1, 2, 3, 4)]))
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(await attacker.shown()).toBe('close 1002 reserved opcode 0x3')
    expect(server.lines).toEqual([])
  })

  it('of a server are read by our client, in order, once', async () => {
    await using server = await rawServer((connection) => {
      connection.upgrade(undefined, ...hundred, { opcode: 8 })
    })
    const heard: string[] = []
    await new Promise<void>((resolve) => {
      const socket = open(server.url, {}, (own) => {
        own.onMessage((message) => heard.push(message.text()))
      })
      socket.onClose(() => resolve())
    })
    expect(heard).toEqual(numbers)
  })

  it('of a refused upgrade are thrown away', async () => {
    await using server = await Besieged.start()
    const attacker = await RawClient.open(server.port)
    attacker.write(
      Buffer.concat([
        Buffer.from(handshake('/', { Origin: 'https://evil.example' })),
        clientFrames(...hundred),
      ]),
    )
    expect(await attacker.rest()).toMatch(/^HTTP\/1\.1 403 /)
    expect(server.open.size).toBe(0)
  })
})
