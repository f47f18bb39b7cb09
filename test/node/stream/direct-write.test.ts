import { once } from 'node:events'
import { Socket } from 'node:net'
import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type * as DirectWrite from '../../../src/node/stream/direct-write.ts'
import { type TcpPair, tcpPair } from '../../support/tcp-pair.ts'

/** More than the system takes for a peer that does not read. */
const MUCH = 16 * 1024 * 1024

let pair: TcpPair
let accepted: Socket
let peer: Socket
let mayWriteDirectly: typeof DirectWrite.mayWriteDirectly
let writeDirectly: typeof DirectWrite.writeDirectly

beforeEach(async () => {
  // What is learnt from the first write is learnt again.
  vi.resetModules()
  ;({ mayWriteDirectly, writeDirectly } = await import('../../../src/node/stream/direct-write.ts'))
  pair = await tcpPair()
  ;({ accepted, peer } = pair)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  pair[Symbol.dispose]()
})

/** The text that the peer reads, until there is so much of it. */
async function heard(length: number): Promise<string> {
  let text = ''
  for await (const chunk of peer) {
    text += chunk
    if (text.length >= length) break
  }
  return text
}

function replaceWrite(socket: Socket, write: () => boolean): void {
  socket.write = write
}

/** Has the first write behind it, which Node does. */
function experienced(): void {
  expect(writeDirectly(accepted, Buffer.from('1'))).toBe(true)
}

/** As Node's, for a write that was done at once. */
class WriteWrap {
  readonly async = false
  readonly #asyncId: number

  constructor(asyncId: number) {
    this.#asyncId = asyncId
  }

  getAsyncId(): number {
    return this.#asyncId
  }
}

describe('writeDirectly', () => {
  test('leaves nothing to the stream but the first write of all', async () => {
    const byStream = vi.spyOn(Socket.prototype, '_write')
    for (const text of ['one ', 'two ', 'three']) {
      expect(writeDirectly(accepted, Buffer.from(text))).toBe(true)
      expect(accepted.writableLength).toBe(0)
    }
    expect(byStream).toHaveBeenCalledTimes(1)
    expect(await heard(13)).toBe('one two three')
    expect(accepted.bytesWritten).toBe(13)
  })

  test('writes views of any array of bytes', async () => {
    experienced()
    const bytes = new TextEncoder().encode('...bytes...')
    expect(writeDirectly(accepted, bytes.subarray(3, 8))).toBe(true)
    expect(await heard(6)).toBe('1bytes')
  })

  test('makes the stream wait for what the system does not take at once, and keeps the order', async () => {
    experienced()
    expect(writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))).toBe(true)
    expect(accepted.writableLength).toBe(MUCH)
    expect(accepted.writableNeedDrain).toBe(true)
    expect(writeDirectly(accepted, Buffer.from('declined'))).toBe(false)
    let written = false
    accepted.write('b', () => {
      written = true
    })
    const drained = once(accepted, 'drain')
    expect(written).toBe(false)
    const text = await heard(MUCH + 2)
    await drained
    expect(text.length).toBe(MUCH + 2)
    expect([text[1], text.at(-2), text.at(-1)]).toEqual(['a', 'a', 'b'])
    expect([written, accepted.writableLength]).toEqual([true, 0])
    expect(writeDirectly(accepted, Buffer.from('again'))).toBe(true)
  })

  test('waits for a write that takes its time though nothing of it is queued any more', async () => {
    experienced()
    // As when the peer makes room for the rest between the two tries of the system.
    Object.defineProperty(Reflect.get(accepted, '_handle'), 'writeQueueSize', { value: 0 })
    expect(writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))).toBe(true)
    expect(accepted.writableLength).toBe(MUCH)
    peer.resume()
    await once(accepted, 'drain')
    expect(accepted.writableLength).toBe(0)
  })

  test('each of several slow sockets waits for its own', async () => {
    experienced()
    using other = await pair.another()
    const second = other.accepted
    writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))
    writeDirectly(second, Buffer.alloc(MUCH, 'b'))
    other.peer.resume()
    await once(second, 'drain')
    expect([accepted.writableLength, second.writableLength]).toEqual([MUCH, 0])
    peer.resume()
    await once(accepted, 'drain')
    expect(accepted.writableLength).toBe(0)
  })

  test('what it began is written to its end before the socket ends', async () => {
    experienced()
    writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))
    accepted.end('z')
    const text = await heard(Number.POSITIVE_INFINITY)
    expect([text.length, text.at(-1)]).toEqual([MUCH + 2, 'z'])
  })

  test('a socket that is destroyed meanwhile ends without an error', async () => {
    experienced()
    writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))
    const errors: Error[] = []
    accepted.on('error', (error) => errors.push(error))
    accepted.destroy()
    await once(accepted, 'close')
    expect(errors).toEqual([])
    expect(writeDirectly(accepted, Buffer.from('gone'))).toBe(false)
  })

  test('a peer that goes while the system takes its time is an error of the stream', async () => {
    experienced()
    writeDirectly(accepted, Buffer.alloc(MUCH, 'a'))
    const failed = once(accepted, 'error')
    peer.resetAndDestroy()
    const [error] = await failed
    expect(error).toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) })
  })

  test('what the system refuses is an error of the stream, and is not tried again', async () => {
    experienced()
    const { ECONNRESET, EPIPE } = constants.errno
    const outcomes = [-ECONNRESET, -EPIPE]
    Reflect.get(accepted, '_handle').writeBuffer = () => outcomes.shift()
    const failed = once(accepted, 'error')
    expect(writeDirectly(accepted, Buffer.from('x'))).toBe(true)
    const [error] = await failed
    expect(error).toMatchObject({ code: 'ECONNRESET', syscall: 'write' })
    expect(outcomes).toEqual([-EPIPE])
  })

  test.each<[string, (socket: Socket) => void]>([
    ['has something to write already', (socket) => socket.write(Buffer.alloc(MUCH))],
    ['is corked', (socket) => socket.cork()],
    ['has a timeout, which is to hear of writes', (socket) => socket.setTimeout(60_000)],
    ['has got a write of somebody else', (socket) => replaceWrite(socket, () => true)],
  ])('declines a socket that %s', (_, prepare) => {
    experienced()
    prepare(accepted)
    const before = accepted.bytesWritten
    expect(writeDirectly(accepted, Buffer.from('2'))).toBe(false)
    expect(accepted.bytesWritten).toBe(before)
  })

  test('learns from the next write where the first one fails', async () => {
    const handle = Reflect.get(accepted, '_handle')
    accepted.on('error', () => {})
    handle.writeBuffer = () => -32
    expect(writeDirectly(accepted, Buffer.from('fails'))).toBe(true)
    using other = await pair.another()
    const second = other.accepted
    const byStream = vi.spyOn(Socket.prototype, '_write')
    for (let i = 0; i < 3; i++) expect(writeDirectly(second, Buffer.from('x'))).toBe(true)
    expect(byStream).toHaveBeenCalledTimes(1)
  })

  test.each<[string, object]>([
    ['is another thing', { async: false, getAsyncId: () => -1 }],
    ['is kept though it is done', new WriteWrap(1)],
  ])('gives up where what stands for a write in Node %s', (_, request) => {
    const handle = Reflect.get(accepted, '_handle')
    handle.writeBuffer = () => 0
    // From Node 26 on, nothing stands for a write that is done.
    accepted._write = (bytes, _encoding, done) => {
      handle.writeBuffer(request, bytes)
      done()
    }
    expect(writeDirectly(accepted, Buffer.from('1'))).toBe(true)
    expect(writeDirectly(accepted, Buffer.from('2'))).toBe(false)
    expect(mayWriteDirectly(peer)).toBe(false)
  })
})

describe('mayWriteDirectly', () => {
  test('allows a socket that was accepted, and one that was connected', () => {
    expect([mayWriteDirectly(accepted), mayWriteDirectly(peer)]).toEqual([true, true])
  })

  test('declines where the environment says so', () => {
    vi.stubEnv('ANTIPHON_DIRECT_WRITE', '0')
    expect(mayWriteDirectly(accepted)).toBe(false)
  })

  test('declines a stream that is no socket, and a socket of another kind', () => {
    class OtherSocket extends Socket {}
    expect(mayWriteDirectly(new PassThrough())).toBe(false)
    expect(mayWriteDirectly(new OtherSocket())).toBe(false)
  })

  test('declines a socket without a handle, or with one that writes in another way', () => {
    const socket = new Socket()
    expect(mayWriteDirectly(socket)).toBe(false)
    Reflect.set(socket, '_handle', { writeBuffer() {} })
    expect(mayWriteDirectly(socket)).toBe(false)
    Reflect.set(socket, '_handle', { writeQueueSize: 0 })
    expect(mayWriteDirectly(socket)).toBe(false)
    Reflect.set(socket, '_handle', null)
  })

  test.each(['bun', 'deno'])('declines on %s, whose handles work differently', async (name) => {
    vi.resetModules()
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, [name]: '1.0' } })
    const other = await import('../../../src/node/stream/direct-write.ts')
    vi.unstubAllGlobals()
    expect(other.mayWriteDirectly(accepted)).toBe(false)
  })
})
