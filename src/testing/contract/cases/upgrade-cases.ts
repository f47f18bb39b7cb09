import type { WsClient } from '../../../websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../../websocket/errors.ts'
import { ContractFailure, expectEqual, expectTrue, rejection } from '../assert.ts'
import { nextJson, nextText } from '../clients.ts'
import type { ContractCase } from '../contract.ts'
import type { ServerContext } from '../server-context.ts'

const HEADERS = { 'x-one': 'first', 'x-two': 'second', 'x-user': 'ann' }

/** Status, body and headers of a refusal. */
async function refusal(client: WsClient): Promise<WebSocketUpgradeException> {
  const error = await rejection('opened', client.opened)
  if (error instanceof WebSocketUpgradeException) return error
  throw new ContractFailure(`expected a WebSocketUpgradeException, got ${String(error)}`)
}

/** What `/request` and its like tell, in part. */
async function told(client: WsClient, ...names: readonly string[]): Promise<unknown[]> {
  const seen = await nextJson(client)
  client.close()
  return names.map((name) => Object.entries(seen as object).find(([key]) => key === name)?.[1])
}

export const upgradeCases: readonly ContractCase<ServerContext>[] = [
  {
    name: 'method, path and query of the request reach handler and socket',
    async run({ connect }) {
      const seen = await told(connect('/request?a=1&b=%C3%BC'), 'method', 'path', 'query', 'same')
      expectEqual('the request', seen, ['GET', '/request', '?a=1&b=%C3%BC', true])
    },
  },
  {
    name: 'headers of the request reach the handler',
    needs: ['headers'],
    async run({ connect }) {
      const seen = await told(connect('/request', { headers: HEADERS }), 'one', 'two')
      expectEqual('the headers', seen, ['first', 'second'])
    },
  },
  {
    name: 'path parameters of nested routers reach handler and socket, decoded',
    async run({ connect }) {
      const seen = await told(connect('/api/v1/2.0/users/J%C3%BCrgen'), 'params', 'path', 'same')
      const params = { version: '2.0', id: 'Jürgen' }
      expectEqual('the request', seen, [params, '/api/v1/2.0/users/J%C3%BCrgen', true])
    },
  },
  {
    name: 'what a handshake filter puts into the request reaches handler and socket',
    needs: ['headers'],
    async run({ connect }) {
      const seen = await told(
        connect('/as/me', { headers: HEADERS }),
        'principal',
        'socketPrincipal',
      )
      expectEqual('the principal', seen, ['ann', 'ann'])
    },
  },
  {
    name: 'a filter changes what a socket sends',
    async run({ connect }) {
      const client = connect('/shout/ann')
      expectEqual('the greeting', await nextText(client), 'HELLO ANN')
      client.close()
    },
  },
  {
    name: 'handlers and consumers may be asynchronous',
    async run({ connect }) {
      const client = connect('/async')
      expectEqual('the message', await nextText(client), 'opened later')
      client.close()
    },
  },
  {
    name: 'a handler of HTTP may turn a request into a WebSocket',
    async run({ connect }) {
      const client = connect('/turned')
      expectEqual('the message', await nextText(client), 'turned')
      client.close()
    },
  },
  {
    name: 'a handler that answers undefined leaves the request to the next route',
    async run({ connect }) {
      const client = connect('/choice')
      expectEqual('the answer', await nextText(client), 'second')
      client.close()
    },
  },
  {
    name: 'the socket of a route without a subprotocol has none',
    async run({ connect }) {
      const client = connect('/no-protocol')
      expectEqual('on the server', await nextText(client), "protocol ''")
      expectEqual('on the client', client.protocol, '')
      client.close()
    },
  },
  {
    name: 'a subprotocol that is offered and accepted is known on both sides',
    async run({ connect }) {
      const client = connect('/protocol/chat.v2', { protocols: ['chat.v1', 'chat.v2'] })
      expectEqual('on the server', await nextText(client), 'chat.v2')
      expectEqual('on the client', client.protocol, 'chat.v2')
      expectEqual('on the socket', (await client.opened).protocol, 'chat.v2')
      client.close()
    },
  },
  {
    name: 'of the subprotocols offered none is answered unless the application takes one',
    async run({ connect }) {
      const client = connect('/no-protocol', { protocols: ['chat.v1', 'chat.v2'] })
      expectEqual('on the server', await nextText(client), "protocol ''")
      expectEqual('on the client', client.protocol, '')
      client.close()
    },
  },
  {
    name: 'the headers that an application gives are in the response',
    needs: ['answers'],
    async run({ answer }) {
      const headers = await answer!('/with-headers')
      expectEqual('the header', headers.get('x-own'), 'yes')
      expectEqual('the cookies', headers.getSetCookie(), ['a=1', 'b=2'])
    },
  },
  {
    name: 'a path that no route has cannot be connected to',
    async run({ connect }) {
      const client = connect('/nowhere')
      await rejection('opened', client.opened)
      expectEqual('the end', (await client.closed).code, -1)
    },
  },
  {
    name: 'a path that no route has is answered with 404',
    needs: ['refusals'],
    async run({ connect }) {
      expectEqual('the status', (await refusal(connect('/nowhere'))).status, 404)
    },
  },
  {
    name: 'a refusal arrives with its status, headers and body',
    needs: ['refusals'],
    async run({ connect }) {
      const { status, headers, body } = await refusal(connect('/refused'))
      expectEqual('status and body', [status, body], [401, 'tickets, please'])
      expectEqual('the challenge', headers.get('www-authenticate'), 'Basic realm="contract"')
      expectEqual('the header', headers.get('x-why'), 'no ticket')
    },
  },
  {
    name: 'a subprotocol that the client does not offer is a 400 that names it',
    needs: ['refusals'],
    async run({ connect }) {
      const { status, body } = await refusal(connect('/protocol/chat.v1', { protocols: ['other'] }))
      expectEqual('the status', status, 400)
      expectTrue('the body names the subprotocol', body.includes("'chat.v1'"))
    },
  },
  ...(['/fails', '/fails-later'] as const).map(
    (path): ContractCase<ServerContext> => ({
      name: `a handler that ${path === '/fails' ? 'throws' : 'rejects'} is a 500 without detail`,
      needs: ['refusals'],
      async run({ connect }) {
        const { status, body } = await refusal(connect(path))
        expectEqual('the status', status, 500)
        expectTrue('the body has no detail', !/threw|rejected/.test(body))
      },
    }),
  ),
  {
    name: 'the hook hears of a handler that throws or rejects',
    needs: ['hook'],
    async run({ connect, reports }) {
      await connect('/fails').closed
      await connect('/fails-later').closed
      const expected = ['Error: the handler threw', 'Error: the handler rejected']
      expectEqual('the reports', (await reports!()).map(String), expected)
    },
  },
  {
    name: 'a lens that fails in a handler is a 400 that says the same',
    needs: ['refusals'],
    async run({ connect }) {
      const { status, body } = await refusal(connect('/page?page=one'))
      expectEqual('the status', status, 400)
      expectTrue('the body names the field', body.includes("query 'page'"))
      const client = connect('/page?page=2')
      expectEqual('a good one', await nextText(client), 'page 2')
      client.close()
    },
  },
  {
    name: 'a page of another origin is refused with 403, and told which option allows it',
    needs: ['headers', 'refusals'],
    async run({ connect }) {
      const headers = { origin: 'https://evil.example' }
      const { status, body } = await refusal(connect('/same-origin', { headers }))
      expectEqual('the status', status, 403)
      expectTrue('the body names the option', body.includes("'origin'"))
    },
  },
  {
    name: 'a route may allow other origins',
    needs: ['headers'],
    async run({ connect }) {
      const client = connect('/any-origin', { headers: { origin: 'https://other.example' } })
      expectEqual('the greeting', await nextText(client), 'welcome')
      client.close()
    },
  },
  {
    name: 'a page of the same host may connect',
    needs: ['headers'],
    async run({ connect }) {
      const [origin] = await told(connect('/request'), 'origin')
      const client = connect('/same-origin', { headers: { origin: String(origin) } })
      expectEqual('the greeting', await nextText(client), 'welcome')
      client.close()
    },
  },
  {
    name: 'who says no origin is no page, and may connect',
    async run({ connect }) {
      const client = connect('/same-origin')
      expectEqual('the greeting', await nextText(client), 'welcome')
      client.close()
    },
  },
  {
    name: 'a plain GET of a path for WebSockets is answered with 426',
    needs: ['http'],
    async run({ fetch }) {
      expectEqual('the status', (await fetch!('/echo')).status, 426)
      expectEqual('where HTTP turns it', (await fetch!('/turned')).status, 426)
    },
  },
  {
    name: 'a 426 names the protocol',
    needs: ['http', 'upgradeHeader'],
    async run({ fetch }) {
      const { headers } = await fetch!('/echo')
      expectEqual('the header', headers.get('upgrade'), 'websocket')
    },
  },
  {
    name: 'a 426 ends the connection that the request is the last of',
    needs: ['http', 'raw'],
    async run({ raw }) {
      const answer = await raw!('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      expectTrue('it is 426', answer.startsWith('HTTP/1.1 426 '))
      expectTrue('it says so', /^connection:.*\bclose\b/im.test(answer))
    },
  },
  {
    name: 'a plain GET of a path that no route has is answered with 404',
    needs: ['http'],
    async run({ fetch }) {
      expectEqual('the status', (await fetch!('/nowhere')).status, 404)
    },
  },
  {
    name: 'dot segments of a path are resolved before it is matched',
    needs: ['http', 'raw'],
    async run({ raw }) {
      const answer = await raw!(
        'GET /a/%2e/../ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      )
      expectTrue('it is 200', answer.startsWith('HTTP/1.1 200 '))
    },
  },
  {
    name: 'the body of a plain request arrives',
    needs: ['http'],
    async run({ fetch }) {
      const response = await fetch!('/body', { method: 'POST', body: 'a body' })
      expectEqual('the body', await response.text(), 'a body')
    },
  },
  {
    name: 'a head that takes too long is answered with 408',
    needs: ['headTimeout', 'raw'],
    setting: { handshakeTimeout: 200 },
    async run({ raw }) {
      const answer = await raw!('GET / HTTP/1.1\r\nHost: a\r\n')
      expectTrue('it is 408', answer.startsWith('HTTP/1.1 408 '))
    },
  },
  {
    name: 'a head over 16 KiB is answered with 431',
    needs: ['heads'],
    async run({ fetch }) {
      const response = await fetch!('/ping', { headers: { 'x-long': 'a'.repeat(16_384) } })
      expectEqual('the status', response.status, 431)
    },
  },
]
