import { connect, open, openSocket } from 'antiphon/node'
import type { Capability, ServerBackend } from 'antiphon/testing'
import { http2Agent } from './http2-agent.ts'
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

const agent = http2Agent()

/** The same for a server with HTTP/2. */
export const ourHttp2Client: typeof ourSecureClient = {
  connect: (url, options) => connect(url, { ...options, agent }),
  open: (url, options, consumer) => open(url, { ...options, agent }, consumer),
  answer: (url, options) => answer(url, { ...options, agent }),
  lacks: lackingWithTls(),
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
