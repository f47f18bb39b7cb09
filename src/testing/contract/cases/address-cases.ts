import type { WsClient } from '../../../websocket/client/ws-client.ts'
import { expectEqual, expectTrue } from '../assert.ts'
import { nextJson } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import type { ServerContext } from '../server-context.ts'

/** As this machine reaches itself; on a socket for both families, IPv4 is written as IPv6. */
const LOOPBACK = /^(?:::ffff:)?127\.0\.0\.1$|^::1$/

const FORWARDED = {
  'x-forwarded-for': '192.0.2.1',
  'cf-connecting-ip': '192.0.2.1',
  forwarded: 'for=192.0.2.1',
}

/** What the handler was told, and what the socket. */
async function told(client: WsClient): Promise<readonly (string | null)[]> {
  const seen = await nextJson(client)
  client.close()
  return seen as (string | null)[]
}

export const addressCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'the address of the peer reaches handler and socket, whatever a header says',
    needs: ['remoteAddress', 'headers'],
    async run({ connect }) {
      const seen = await told(connect('/address', { headers: FORWARDED }))
      expectTrue(`${seen.join(', ')} is this machine`, seen.every(isLoopback))
      expectEqual('the address of the socket', seen[1], seen[0])
    },
  },
  {
    name: 'the address of the peer can be asked for when the socket is open, not before',
    needs: ['remoteAddress'],
    async run({ connect }) {
      const seen = await told(connect('/address-later'))
      expectTrue(`${seen.join(', ')} is this machine`, seen.every(isLoopback))
    },
  },
  {
    name: 'where nobody tells the address of the peer there is none, whatever a header says',
    needs: ['headers'],
    without: ['remoteAddress'],
    async run({ connect }) {
      const seen = await told(connect('/address', { headers: FORWARDED }))
      expectEqual('the addresses', seen, [null, null])
    },
  },
  {
    name: 'a plain request has the address of the peer, too',
    needs: ['remoteAddress', 'http'],
    async run({ fetch }) {
      const response = await fetch!('/address')
      const address = await response.text()
      expectTrue(`${address} is this machine`, isLoopback(address))
    },
  },
]

function isLoopback(address: string | null): boolean {
  return address !== null && LOOPBACK.test(address)
}
