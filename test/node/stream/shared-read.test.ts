import { once } from 'node:events'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readAsStream, readShared } from '../../../src/node/stream/shared-read.ts'
import { upgrader } from '../../../src/node/upgrader.ts'
import { BareServer } from '../../support/http-server.ts'
import { RawClient } from '../../support/raw-client.ts'
import { type TcpPair, tcpPair } from '../../support/tcp-pair.ts'

let pair: TcpPair
let accepted: Socket
let peer: Socket

beforeEach(async () => {
  pair = await tcpPair()
  ;({ accepted, peer } = pair)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  pair[Symbol.dispose]()
})

describe('readShared', () => {
  test('reads an accepted socket into one buffer for all chunks', async () => {
    const buffers = new Set<Uint8Array>()
    let text = ''
    const done = new Promise<void>((resolve) => {
      const taken = readShared(accepted, (bytes, buffer) => {
        buffers.add(buffer)
        text += Buffer.from(buffer.subarray(0, bytes)).toString()
        if (text === 'onetwo') resolve()
        else peer.write('two')
        return true
      })
      expect(taken).toBe(true)
    })
    accepted.resume()
    peer.write('one')
    await done
    expect(buffers.size).toBe(1)
  })

  test('declines where the environment says so', () => {
    vi.stubEnv('ANTIPHON_SHARED_READ', '0')
    expect(readShared(accepted, () => true)).toBe(false)
  })

  test('does not ask Deno for the environment, which a program may not be allowed to read', () => {
    vi.stubGlobal('process', {
      versions: { deno: '2.9.6' },
      get env(): never {
        throw new Error('NotCapable: Requires env access')
      },
    })
    expect(readShared(accepted, () => true)).toBe(true)
  })

  test('declines a socket to whose data somebody listens', () => {
    accepted.on('data', () => {})
    expect(readShared(accepted, () => true)).toBe(false)
  })

  test('declines a socket of another kind', () => {
    class OtherSocket extends Socket {}
    expect(readShared(new OtherSocket(), () => true)).toBe(false)
  })

  test('declines a socket without a handle', () => {
    expect(readShared(new Socket(), () => true)).toBe(false)
    accepted.destroy()
    expect(readShared(accepted, () => true)).toBe(false)
  })

  test('declines a handle that takes no buffer', () => {
    const socket = new Socket()
    Reflect.set(socket, '_handle', {})
    expect(readShared(socket, () => true)).toBe(false)
    Reflect.set(socket, '_handle', null)
  })

  test('declines where Node keeps no such buffer', async () => {
    vi.resetModules()
    const symbols = vi.spyOn(Object, 'getOwnPropertySymbols').mockReturnValue([])
    const { readShared: other } = await import('../../../src/node/stream/shared-read.ts')
    symbols.mockRestore()
    expect(other(accepted, () => true)).toBe(false)
  })
})

describe('readAsStream', () => {
  const MUCH = 8 * 1024 * 1024

  test('has chunks that are the listeners’ own', async () => {
    readShared(accepted, () => true)
    readAsStream(accepted)
    const chunks: Buffer[] = []
    accepted.on('data', (chunk) => chunks.push(chunk))
    for (const text of ['one', 'two']) {
      peer.write(text)
      await once(accepted, 'data')
    }
    expect(chunks.map(String)).toEqual(['one', 'two'])
  })

  test('loses nothing, and reads no more than there is room for, while nobody takes it', async () => {
    readShared(accepted, () => true)
    readAsStream(accepted)
    const sent = Buffer.alloc(MUCH, 'what comes, comes in order; ')
    peer.end(sent)
    await once(accepted, 'readable')
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(accepted.readableLength).toBeLessThan(MUCH)
    const chunks: Buffer[] = []
    for await (const chunk of accepted) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(sent)).toBe(true)
  })

  test('can be read into the shared buffer again', async () => {
    readShared(accepted, () => true)
    readAsStream(accepted)
    const read = new Promise<string>((resolve) => {
      readShared(accepted, (bytes, buffer) => {
        resolve(Buffer.from(buffer.subarray(0, bytes)).toString())
        return true
      })
    })
    accepted.resume()
    peer.write('again')
    expect(await read).toBe('again')
  })

  test('leaves a socket that is read otherwise as it is', () => {
    const before = Reflect.ownKeys(accepted)
    readAsStream(accepted)
    expect(Reflect.ownKeys(accepted)).toEqual(before)
  })
})

describe('a WebSocket', () => {
  test.each([
    ['1', 0],
    ['0', 1],
  ])('with ANTIPHON_SHARED_READ=%s has %i listeners for data', async (value, count) => {
    vi.stubEnv('ANTIPHON_SHARED_READ', value)
    const upgrades = upgrader(() => (socket) => socket.onMessage((message) => socket.send(message)))
    await using server = await BareServer.listen()
    server.http.on('upgrade', upgrades.handleUpgrade)
    await using client = await RawClient.upgraded(server.port)
    client.send({ opcode: 1, payload: 'a' })
    expect(await client.shown()).toBe('1 a')
    expect(server.sockets[0]!.listenerCount('data')).toBe(count)
  })
})
