import { once } from 'node:events'
import { connect } from 'antiphon/node'
import { expectClosed, expectMessages, expectRefused } from 'antiphon/testing'
import { serverTests, unitTests } from '../examples/testing-with-a-contract/contract.ts'
import { expectSame } from './expect.ts'
import type { Suite, SuiteCase } from './suite.ts'

/** The examples that are about Node's modules, or about our engine on them. */
export const nodeExamples: Suite = {
  title: 'the example on node()',
  proves: undefined,
  lacks: [],
  cases: [
    { name: 'express', needs: [], run: express },
    ...casesOf('testing-with-a-contract in memory', unitTests),
    ...casesOf('testing-with-a-contract on a server', serverTests),
  ],
}

function casesOf(title: string, tests: typeof unitTests): readonly SuiteCase[] {
  return tests.map(({ name, run }) => ({ name: `${title}: ${name}`, needs: [], run }))
}

/**
 * Loads Express when its turn has come. It requires modules of ECMAScript, and Deno 2.9 blocks its thread for them: among
 * the many modules that a program is loaded with, it then waits now and then for what only this thread could bring.
 */
async function express(): Promise<void> {
  const { server, sockets } = await import('../examples/express.ts')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('there is no port')
  const { port } = address
  const page = await fetch(`http://127.0.0.1:${port}/`)
  expectSame(await page.text(), 'hello from Express')
  const client = connect(`ws://127.0.0.1:${port}/echo`)
  client.send('hello')
  await expectMessages(client, ['hello'])
  await expectRefused(connect(`ws://127.0.0.1:${port}/nothing`), 404)
  await sockets.detach()
  await expectClosed(client, 1001)
  server.closeAllConnections()
  server.close()
}
