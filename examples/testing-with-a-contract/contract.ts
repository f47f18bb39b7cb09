import { connect, node, open } from 'antiphon/node'
import {
  type AppContext,
  type ContractCase,
  type ContractTest,
  contractTests,
  expectClosed,
  expectMessages,
  expectRefused,
  inMemory,
  onServer,
} from 'antiphon/testing'
import { app } from './app.ts'

/** What the application promises, whoever serves it. */
const contract: readonly ContractCase<AppContext>[] = [
  {
    name: 'echoes by name',
    async run({ connect }) {
      const client = connect('/echo/ann')
      client.send('hello')
      await expectMessages(client, ['ann: hello'])
      client.close()
    },
  },
  {
    name: 'echoes as often as asked',
    async run({ connect }) {
      const client = connect('/echo/ann?times=2')
      client.send('hello')
      await expectMessages(client, ['ann: hello', 'ann: hello'])
      client.close()
    },
  },
  {
    name: 'refuses what is no number',
    async run({ connect }) {
      const { body } = await expectRefused(connect('/echo/ann?times=twice'), 400)
      if (!body.includes('times')) throw new Error(`the refusal does not say why: ${body}`)
    },
  },
  {
    name: 'closes when told',
    async run({ connect }) {
      const client = connect('/echo/ann')
      client.send('bye')
      await expectClosed(client, 1000)
    },
  },
]

/** With no server: no port, no timer, no waiting. */
export const unitTests: readonly ContractTest[] = contractTests(contract, inMemory(app))

/** The same over the wire. */
export const serverTests: readonly ContractTest[] = contractTests(
  contract,
  onServer(app, { engine: node, connect, open }),
)
