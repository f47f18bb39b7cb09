import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { clientFrames } from './raw-client.ts'
import { ca } from './tls.ts'
import { decodeWire, type WireFrame } from './wire.ts'

/** A stream of HTTP/2 on which a WebSocket was asked for, and all that has come on it. */
export class Http2Tunnel {
  readonly stream: ClientHttp2Stream
  readonly answer: IncomingHttpHeaders
  #received = Buffer.alloc(0)
  readonly #ended: Promise<unknown>

  constructor(stream: ClientHttp2Stream, answer: IncomingHttpHeaders) {
    this.stream = stream
    this.answer = answer
    stream.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    this.#ended = new Promise((resolve) => stream.once('end', resolve).once('close', resolve))
  }

  get status(): number {
    return Number(this.answer[':status'])
  }

  send(...frames: readonly WireFrame[]): void {
    this.stream.write(clientFrames(...frames))
  }

  /** All that comes until the server ends it, as text. */
  async text(): Promise<string> {
    await this.#ended
    return this.#received.toString('latin1')
  }

  /** The frames that come until the server ends it, in short: opcode, and payload as text, or for a Close its code. */
  async shown(): Promise<string[]> {
    await this.#ended
    return decodeWire(this.#received).map(({ opcode, payload }) => {
      const bytes = Buffer.from(payload)
      return opcode === 8 ? `close ${bytes.readUInt16BE(0)}` : `${opcode} ${bytes.toString()}`
    })
  }

  /** Resolves with the code of the stream's end. */
  async closed(): Promise<number | undefined> {
    if (!this.stream.closed) await once(this.stream, 'close')
    return this.stream.rstCode
  }
}

/** A connection of HTTP/2, for what our own client does not say. */
export class Http2Client implements AsyncDisposable {
  readonly session: ClientHttp2Session
  /** The connection below. */
  readonly tcp: Socket

  private constructor(session: ClientHttp2Session, tcp: Socket) {
    this.session = session
    this.tcp = tcp
  }

  /** Resolves when the server has told its settings. */
  static async connect(
    url: string,
    options: ClientSessionOptions & SecureClientSessionOptions = {},
  ): Promise<Http2Client> {
    const { protocol, hostname, port } = new URL(url)
    const tcp = connectTcp(Number(port), hostname)
    const secure = { socket: tcp, host: hostname, ca, ALPNProtocols: ['h2'], ...options }
    const createConnection = (): Socket => (protocol === 'https:' ? connectTls(secure) : tcp)
    const session = connect(url, { ...options, createConnection })
    session.on('error', () => {})
    await once(session, 'remoteSettings')
    return new Http2Client(session, tcp)
  }

  get announced(): boolean {
    return this.session.remoteSettings.enableConnectProtocol === true
  }

  /** Sends a request for a WebSocket; a header given replaces the usual one, `undefined` leaves it out. */
  request(path = '/', headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':path': path,
      ':authority': 'localhost',
      'sec-websocket-version': '13',
      ...headers,
    })
    return stream.on('error', () => {})
  }

  /** Resolves with the answer. */
  async open(path?: string, headers?: OutgoingHttpHeaders): Promise<Http2Tunnel> {
    const stream = this.request(path, headers)
    const [answer] = await once(stream, 'response')
    return new Http2Tunnel(stream, answer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.session.destroyed) return
    const closed = once(this.session, 'close')
    this.session.destroy(undefined, constants.NGHTTP2_NO_ERROR)
    await closed
  }
}
