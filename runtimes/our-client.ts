import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, open, openSocket } from 'antiphon/node'
import type { Capability, ServerBackend } from 'antiphon/testing'
import { ca } from './tls.ts'

type Client = Pick<ServerBackend<never>, 'connect' | 'open' | 'answer'>

/** Our own client. */
export const ourClient: Required<Client> = { connect, open, answer }

const trust = { tls: { ca } }

/** The same for a server with TLS, and what cannot be shown then. */
export const ourSecureClient: Required<Client & Pick<ServerBackend<never>, 'lacks'>> = {
  connect: (url, options) => connect(url, { ...options, ...trust }),
  open: (url, options, consumer) => open(url, { ...options, ...trust }, consumer),
  answer: (url, options) => answer(url, { ...options, ...trust }),
  lacks: lackingWithTls(),
}

/** The same over HTTP/2: the sockets to one server share a connection. */
export const ourHttp2Client: typeof ourSecureClient = {
  connect: (url, options) => connect(url, { ...options, http2 }),
  open: (url, options, consumer) => open(url, { ...options, http2 }, consumer),
  answer: (url, options) => answer(url, { ...options, http2 }),
  lacks: lackingWithTls(),
}

const sessions = new Map<string, ClientHttp2Session>()

function http2({ host }: URL): ClientHttp2Session {
  const last = sessions.get(host)
  if (last !== undefined && !last.closed && !last.destroyed) return last
  const session = connectHttp2(`https://${host}`, { ca })
  sessions.set(host, session)
  return session
}

function lackingWithTls(): readonly Capability[] {
  // The platform's fetch trusts no authority of ours.
  const lacks: Capability[] = ['http', 'heads', 'raw']
  // With TLS, Deno reads on when it is to pause: there are no slow readers.
  if ('Deno' in globalThis) lacks.push('bufferedAmount')
  return lacks
}

async function answer(...given: Parameters<typeof openSocket>): Promise<Headers> {
  const { socket, response } = await openSocket(...given)
  socket.terminate()
  return response.headers
}
