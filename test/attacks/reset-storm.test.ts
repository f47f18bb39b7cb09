import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Besieged } from '../support/besieged.ts'
import { clientFrames, handshake } from '../support/raw-client.ts'

/** What a peer has said when it resets the connection. */
const MOMENTS: readonly (readonly [string, string | Uint8Array])[] = [
  ['nothing', ''],
  ['half a handshake', handshake().slice(0, 60)],
  ['a handshake', handshake()],
  [
    'a handshake and half a frame',
    handshake() + latin1(clientFrames({ opcode: 1, payload: 'abc' }).subarray(0, 7)),
  ],
  [
    'a handshake and messages',
    handshake() + latin1(clientFrames({ opcode: 1, payload: 'abc' })).repeat(50),
  ],
  ['a handshake and a Close', handshake() + latin1(clientFrames({ opcode: 8 }))],
  ['a handshake and nonsense', `${handshake()}nonsense`],
]

describe('a storm of resets', () => {
  it.each(MOMENTS)('after %s leaves nothing behind and says nothing', async (_, said) => {
    await using server = await Besieged.start()
    const count = 40
    const resets = Array.from({ length: count }, async (_, i) => {
      const socket = server.mute()
      await once(socket, 'connect')
      socket.write(said, 'latin1')
      // Some reset with the answer on its way, some when it is there.
      if (i % 2 === 0 && said.length >= handshake().length) await once(socket, 'readable')
      socket.resetAndDestroy()
    })
    await Promise.all(resets)
    expect(await server.serves()).toBe(true)
    await server.ended(server.ends.length + server.open.size)
    expect(server.open.size).toBe(0)
    expect(server.lines).toEqual([])
  })

  it('in the middle of a broadcast reaches no other peer', async () => {
    await using server = await Besieged.start()
    const peers = await Promise.all(Array.from({ length: 30 }, () => server.peer()))
    const [good, ...bad] = peers
    for (const peer of bad) peer.socket.resetAndDestroy()
    for (let i = 0; i < 50; i++) for (const socket of server.open) socket.send(`news ${i}`)
    for (let i = 0; i < 50; i++) expect(await good!.shown()).toBe(`1 news ${i}`)
    await server.ended(bad.length)
    expect(server.open.size).toBe(1)
    expect(server.ends.every(({ code }) => code === 1006)).toBe(true)
    expect(server.lines).toEqual([])
  })
})

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
