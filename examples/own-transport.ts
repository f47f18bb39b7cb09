import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { createNodeZlib } from 'antiphon/node'
import {
  type ByteOutput,
  Connection,
  type ConnectionOptions,
  type ConnectionSink,
  checkUpgrade,
  formatResponse,
  negotiateExtensions,
  Opcode,
  portablePorts,
  reservedBits,
  SERVER_LIMITS,
  upgradeHeaders,
  WebSocketExtensions,
} from 'antiphon/protocol'

const factories = [WebSocketExtensions.perMessageDeflate()]
const ports = { ...portablePorts, zlib: createNodeZlib() }

/** How long a peer may take for its half of the close handshake, in milliseconds: the core has no clock. */
const CLOSE_TIMEOUT = 10_000

/** Gathers frames until they are written. */
class Output implements ByteOutput {
  position = 0
  #buffer = new Uint8Array(1024)

  reserve(size: number): Uint8Array {
    const needed = this.position + size
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    return this.#buffer
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.position)
    this.position += bytes.length
  }

  /** A copy: a stream keeps what it is given until the system has taken it. */
  take(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.position)
    this.position = 0
    return bytes
  }
}

/** A server that echoes, with the protocol core and a transport of its own: streams of `node:http`. */
export const server: Server = createServer((_request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end()
})

server.on('upgrade', (request, stream, head) => {
  stream.on('error', () => stream.destroy())
  const check = checkUpgrade({
    method: request.method ?? '',
    httpVersion: request.httpVersion,
    header: (name) => headerOf(request, name),
  })
  if (!check.ok) {
    const { status, message } = check
    const headers = [...check.headers, ['Content-Length', String(message.length)]] as const
    stream.end(formatResponse(status, STATUS_CODES[status] ?? '', headers) + message, 'latin1')
    return
  }
  const limits = { ...SERVER_LIMITS }
  const context = { role: 'server', limits, zlib: ports.zlib } as const
  const { answer, extensions } = negotiateExtensions(check.extensions, factories, context)
  const headers = upgradeHeaders({ key: check.key, extensions: answer })
  stream.write(formatResponse(101, 'Switching Protocols', headers), 'latin1')
  const reserved = reservedBits(factories, extensions)
  echo(stream, head, { role: 'server', limits, ports, extensions, reserved })
})

function echo(stream: Duplex, head: Uint8Array, options: ConnectionOptions): void {
  const output = new Output()
  let timer: NodeJS.Timeout | undefined
  const sink: ConnectionSink = {
    onMessage(opcode, bytes, start, end) {
      // Lent until this returns: `binary` copies. Text is known to be valid UTF-8.
      if (opcode === Opcode.BINARY) connection.binary(bytes.subarray(start, end), false)
      else connection.text(ports.decodeText(bytes, start, end, false), end - start)
    },
    onFrame() {},
    onControl() {},
    onViolation: ({ message }) => new Error(message),
    // The Close frame, if any, stands in the output: `flush` writes it, and ends the stream behind it.
    onEnd() {
      timer = setTimeout(() => stream.destroy(), CLOSE_TIMEOUT)
    },
  }
  const connection = new Connection(sink, output, options)

  const written = (error?: Error | null): void => {
    if (error != null || stream.writableLength > 0) return
    // For each write, not only for those that had to wait: Pongs are counted from one call to the next.
    connection.drained()
    flush()
    stream.resume()
  }
  const flush = (): void => {
    if (!stream.writable) return
    if (output.position > 0 && !stream.write(output.take(), written)) stream.pause()
    if (connection.state === 'closed') stream.end()
  }
  const receive = (chunk: Uint8Array): void => {
    connection.receive(chunk, 0, chunk.length)
    flush()
  }

  stream.on('data', receive)
  stream.on('end', () => {
    connection.lost(new Error('the peer ended the stream without a close handshake'))
    flush()
  })
  stream.on('close', () => {
    connection.lost(new Error('the connection was lost'))
    clearTimeout(timer)
  })
  // What came with the handshake.
  receive(head)
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? null)
}
