import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { server, sockets } from '../../examples/express.ts'
import { connect } from '../../src/node/index.ts'
import { expectClosed, expectMessages, expectRefused } from '../../src/testing/index.ts'

test('Express and WebSockets share a server', async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello from Express')

  const client = connect(`ws://127.0.0.1:${port}/echo`)
  client.send('hello')
  await expectMessages(client, ['hello'])
  await expectRefused(connect(`ws://127.0.0.1:${port}/nothing`), 404)
  expect(sockets.size).toBe(1)
  await sockets.detach()
  await expectClosed(client, 1001)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
