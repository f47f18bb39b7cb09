import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openSocket } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { writeInPortions } from '../../../src/node/stream/portions.ts'
import { serve } from '../../../src/serving/engine.ts'
import { RawClient } from '../../support/raw-client.ts'
import { ca, tls } from '../../support/tls.ts'

type Written = (error?: Error | null) => void

/** A write that has reached the system. */
interface Portion {
  readonly sizes: readonly number[]
  readonly done: Written
}

/** A socket that writes in portions, and what it has written so far. */
function written(): { socket: Socket; portions: readonly Portion[] } {
  const portions: Portion[] = []
  vi.spyOn(Socket.prototype, '_write').mockImplementation(({ length }, _encoding, done) => {
    portions.push({ sizes: [length], done })
  })
  vi.spyOn(Socket.prototype, '_writev').mockImplementation((entries, done) => {
    portions.push({ sizes: entries.map(({ chunk }) => chunk.length), done })
  })
  const socket = new Socket()
  writeInPortions(socket)
  return { socket, portions }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a stream that writes in portions', () => {
  test('hands over a large chunk bit by bit, and reports it when all of it is written', () => {
    const { socket, portions } = written()
    const onWritten = vi.fn()
    socket.write(Buffer.alloc(150_000), onWritten)
    const lengths = [0, 1, 2].map((i) => {
      expect(onWritten).not.toHaveBeenCalled()
      portions[i]!.done()
      return socket.writableLength
    })
    expect(portions.map(({ sizes }) => sizes)).toEqual([[65_550], [65_550], [18_900]])
    expect(lengths).toEqual([150_000, 150_000, 0])
  })

  test('joins what has waited to portions, and leaves a small chunk as it is', () => {
    const { socket, portions } = written()
    for (const size of [10, 20_000, 30_000, 20_000, 70_000]) socket.write(Buffer.alloc(size))
    socket.write('text')
    for (let i = 0; i < portions.length; i++) portions[i]!.done()
    expect(portions.map(({ sizes }) => sizes)).toEqual([
      [10],
      [20_000, 30_000],
      [20_000],
      [65_550],
      [4_450, 4],
    ])
  })

  test('keeps the methods that somebody has put in their place', () => {
    const socket = new Socket()
    const [_write, _writev] = [vi.fn(), vi.fn()]
    Object.assign(socket, { _write, _writev })
    writeInPortions(socket)
    expect([socket._write, socket._writev]).toEqual([_write, _writev])
  })

  test('stops at an error', async () => {
    const { socket, portions } = written()
    const failure = new Error('reset')
    const failed = new Promise((resolve) => socket.once('error', resolve))
    socket.write(Buffer.alloc(150_000))
    portions[0]!.done(failure)
    expect(await failed).toBe(failure)
    expect(portions).toHaveLength(1)
  })
})

test('TLS gets 64 KiB at a time, and the peer gets everything in order', async () => {
  const payload = randomBytes(1_000_000)
  const sizes: number[] = []
  const { _write: write, _writev: writev } = Socket.prototype
  vi.spyOn(Socket.prototype, '_write').mockImplementation(function (this: Socket, chunk, ...rest) {
    sizes.push(chunk.length)
    write.call(this, chunk, ...rest)
  })
  vi.spyOn(Socket.prototype, '_writev').mockImplementation(function (this: Socket, entries, done) {
    sizes.push(entries.reduce((sum, { chunk }) => sum + chunk.length, 0))
    writev!.call(this, entries, done)
  })
  await using server = await serve(() => (socket) => void socket.send(payload), node({ tls }))
  const { socket } = await openSocket(server.url, { tls: { ca } })
  const received = await new Promise<Uint8Array>((resolve) => {
    socket.onMessage((message) => resolve(message.bytes()))
  })
  expect(payload.equals(received)).toBe(true)
  expect(Math.max(...sizes)).toBe(65_550)
  socket.terminate()
})

test('a peer of TLS that leaves in the middle of a write ends the connection', async () => {
  let end!: (code: number) => void
  const ended = new Promise<number>((resolve) => {
    end = resolve
  })
  await using server = await serve(
    () => (socket) => {
      socket.onClose(({ code }) => end(code))
      socket.send(new Uint8Array(16_000_000))
    },
    node({ tls, webSockets: { maxBufferedAmount: Infinity } }),
  )
  const client = await RawClient.upgraded(server.port, '/', true)
  client.socket.destroy()
  expect(await ended).toBe(1006)
})
