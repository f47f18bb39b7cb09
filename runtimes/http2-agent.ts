import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { Agent, type RequestOptions } from 'node:https'
import { Duplex } from 'node:stream'
import { upgradeHeaders } from 'antiphon/protocol'
import { ca } from './tls.ts'

type Done = (error?: Error | null) => void

/**
 * An agent for our client, whose WebSockets it opens over HTTP/2 (RFC 8441), as a gateway from HTTP/1.1 would: those to one
 * server share a connection.
 */
export function http2Agent(): Agent {
  const sessions = new Map<string, ClientHttp2Session>()
  const sessionTo = (authority: string): ClientHttp2Session => {
    const open = sessions.get(authority)
    if (open !== undefined && !open.closed) return open
    const session = connect(`https://${authority}`, { ca })
    sessions.set(authority, session)
    // Its streams tell what is wrong with it.
    return session.on('error', () => {})
  }
  const createConnection = ({ host, port }: RequestOptions): Duplex =>
    new Tunnel(sessionTo(`${host}:${port}`))
  return Object.assign(new Agent(), { createConnection })
}

/** What a client of HTTP/1.1 takes for its connection. */
class Tunnel extends Duplex {
  readonly #session: ClientHttp2Session
  #stream: ClientHttp2Stream | undefined
  #head = ''

  constructor(session: ClientHttp2Session) {
    super()
    this.#session = session
  }

  override _read(): void {
    this.#stream?.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    if (this.#stream !== undefined) {
      this.#stream.write(chunk, encoding, done)
      return
    }
    this.#head += chunk.toString('latin1')
    if (!this.#head.endsWith('\r\n\r\n')) {
      done()
      return
    }
    untilSettled(this.#session).then(() => {
      this.#open()
      done()
    }, done)
  }

  override _final(done: Done): void {
    if (this.#stream === undefined) done()
    else this.#stream.end(done)
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#stream?.close(constants.NGHTTP2_CANCEL)
    done(error)
  }

  #open(): void {
    const [line = '', ...lines] = this.#head.trimEnd().split('\r\n')
    const fields = lines.map((field) => field.split(/: (.*)/) as [string, string])
    const given = new Headers(fields.map(([name, value]): [string, string] => [name, value]))
    const key = given.get('sec-websocket-key') ?? ''
    const authority = given.get('host') ?? ''
    for (const name of ['upgrade', 'connection', 'sec-websocket-key', 'host']) given.delete(name)
    const stream = this.#session.request({
      ...Object.fromEntries(given),
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':authority': authority,
      ':path': line.split(' ')[1],
    })
    this.#stream = stream
    stream.on('response', ({ ':status': status = 0, ...answers }) => {
      const opened = status === 200
      const fixed = opened ? upgradeHeaders({ key }) : ([['Connection', 'close']] as const)
      const head = [...fixed, ...fieldsOf(answers)]
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')
      this.push(
        `HTTP/1.1 ${opened ? 101 : status} ${STATUS_CODES[status]}\r\n${head}\r\n`,
        'latin1',
      )
    })
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause()
    })
    stream.on('end', () => this.push(null))
    stream.on('error', (error) => this.destroy(error))
    stream.on('close', () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
        this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
      }
    })
  }
}

function untilSettled(session: ClientHttp2Session): Promise<void> {
  if (session.remoteSettings?.enableConnectProtocol === true) return Promise.resolve()
  return new Promise((resolve, reject) => {
    session.once('remoteSettings', () => resolve())
    session.once('close', () => reject(new Error('the connection was lost')))
    session.once('error', reject)
  })
}

function fieldsOf(headers: IncomingHttpHeaders): (readonly [name: string, value: string])[] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    [values].flat().map((value) => [name, value] as const),
  )
}
