import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { FrameCounter } from './frame-counter.ts'
import { type Burst, burstsOf } from './payload.ts'
import type { Outcome, Task } from './task.ts'
import { tell } from './usage.ts'
import { failures, MAX_COUNT, measure } from './window.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** A server for the client under load, which answers each burst with one message. */
export async function receive(task: Task): Promise<Outcome> {
  const { conns, depth } = task.case
  const bursts = burstsOf(task.case, false)
  const { failed, fail } = failures()
  let count = 0
  let open = 0
  let allOpen: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    allOpen = resolve
  })
  const server = createServer((socket) => {
    socket.on('error', fail)
    serveBursts(socket, bursts, () => {
      count += depth
      return count < MAX_COUNT
    })
    socket.once('data', () => {
      if (++open === conns) allOpen()
    })
  })
  tell({ type: 'listening', port: await listening(server) })
  await Promise.race([ready, failed])
  const { cpu, count: measured, rate } = await Promise.race([measure(task, () => count), failed])
  return { figure: cpu / measured, rate }
}

/** Takes the upgrade, and sends the next burst for each message that comes. */
function serveBursts(socket: Socket, bursts: readonly Burst[], onBurst: () => boolean): void {
  const counter = new FrameCounter()
  let head = ''
  let next = 0
  socket.setNoDelay(true)
  const send = (): void => {
    socket.write(bursts[next++ % bursts.length]!.bytes)
  }
  const onHead = (chunk: Buffer): void => {
    head += chunk.toString('latin1')
    if (!head.includes('\r\n\r\n')) return
    const key = /^sec-websocket-key: *(.+?) *$/im.exec(head)?.[1] ?? ''
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.off('data', onHead)
    socket.on('data', (bytes: Buffer) => {
      const before = counter.messages
      counter.take(bytes, 0, bytes.length)
      if (counter.messages > before && onBurst()) send()
    })
    send()
  }
  socket.on('data', onHead)
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address === 'object' && address !== null) return address.port
  throw new Error('the server has no port')
}
