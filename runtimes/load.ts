import { connect, type Socket } from 'node:net'

/** What is sent, and how much of it is under way on each connection. */
export interface Workload {
  readonly title: string
  readonly connections: number
  /** Messages that are sent at once, and awaited. */
  readonly window: number
  /** Bytes of a message. */
  readonly size: number
}

export interface LoadTimes {
  /** Milliseconds before anything is counted. */
  readonly warmUp: number
  /** Milliseconds in which it is. */
  readonly time: number
}

/** Echoes messages for a time; resolves with how many came back in the part that counts, which `begins` is told of. */
export async function load(
  port: number,
  work: Workload,
  { warmUp, time }: LoadTimes,
  begins: () => void,
): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: work.connections }, () => upgrade(port)))
  const start = performance.now() + warmUp
  setTimeout(begins, warmUp)
  const echoing = sockets.map((socket) => echoBetween(start, start + time, socket, work))
  const counts = await Promise.all(echoing)
  for (const socket of sockets) socket.destroy()
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Nothing is parsed: the bytes that come back are counted, so that next to all of the time is the server's. */
function echoBetween(
  start: number,
  end: number,
  socket: Socket,
  { window, size }: Workload,
): Promise<number> {
  const sent = Buffer.concat(Array.from({ length: window }, () => maskedFrame(size)))
  const expected = window * (size + headLength(size))
  return new Promise((resolve, reject) => {
    let count = 0
    let received = 0
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      received += chunk.length
      if (received < expected) return
      received -= expected
      const now = performance.now()
      if (now >= start) count += window
      if (now < end) socket.write(sent)
      else resolve(count)
    })
    socket.write(sent)
  })
}

/** A binary message in one frame (RFC 6455, section 5.2), its mask not zero. */
function maskedFrame(size: number): Buffer {
  const head = Buffer.alloc(headLength(size))
  head[0] = 0x82
  if (size < 126) {
    head[1] = 0x80 | size
  } else if (size < 65_536) {
    head[1] = 0x80 | 126
    head.writeUInt16BE(size, 2)
  } else {
    head[1] = 0x80 | 127
    head.writeBigUInt64BE(BigInt(size), 2)
  }
  const mask = Buffer.of(0x12, 0x34, 0x56, 0x78)
  return Buffer.concat([head, mask, Buffer.alloc(size, 0x61)])
}

/** Without the mask, so the same both ways. */
function headLength(size: number): number {
  if (size < 126) return 2
  return size < 65_536 ? 4 : 10
}

function upgrade(port: number): Promise<Socket> {
  const request = [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', reject)
    socket.once('data', () => resolve(socket))
    socket.write(`${request.join('\r\n')}\r\n\r\n`)
  })
}
