import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { test } from 'vitest'
import { node } from '../../../src/node/engine.ts'
import { poly } from '../../../src/routing/poly.ts'
import { serve } from '../../../src/serving/engine.ts'
import { handshake, RawClient } from '../../support/raw-client.ts'
import { ca, tls } from '../../support/tls.ts'

/** A record of application data that no key has sealed. */
const FORGED = Uint8Array.of(23, 3, 3, 0, 40, ...new Uint8Array(40))

/** A client of TLS, and the TCP connection below. */
async function clientOver(port: number): Promise<{ tcp: Socket; client: RawClient }> {
  const tcp = connectTcp({ port, host: '127.0.0.1' })
  const socket = connectTls({ socket: tcp, ca, servername: 'localhost' })
  const client = new RawClient(socket)
  await once(socket, 'secureConnect')
  return { tcp, client }
}

/** What to answer waits for this forever. */
const never = new Promise<never>(() => {})

test.each([
  ['an upgrade that is being decided', {}],
  ['a request for another upgrade, that is being answered', { Upgrade: 'h2c' }],
])('TLS that cannot be read ends the connection of %s', async (_, headers) => {
  let ask!: () => void
  const asked = new Promise<void>((resolve) => {
    ask = resolve
  })
  const answer = (): Promise<never> => {
    ask()
    return never
  }
  await using server = await serve(poly({ http: answer, ws: answer }), node({ tls }))
  const { tcp, client } = await clientOver(server.port)
  client.write(handshake('/', headers))
  await asked
  tcp.write(FORGED)
  await client.closed
})
