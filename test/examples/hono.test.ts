import { describe, expect, test } from 'vitest'
import { app } from '../../examples/hono.ts'
import { connect, node, open } from '../../src/node/index.ts'
import {
  type AppContext,
  type ContractCase,
  contractTests,
  expectMessages,
  inMemory,
  onServer,
} from '../../src/testing/index.ts'

const contract: readonly ContractCase<AppContext>[] = [
  {
    name: 'Hono answers over HTTP',
    async run({ fetch }) {
      expect(await (await fetch('/')).text()).toBe('hello from Hono')
      expect(await (await fetch('/users/7')).json()).toEqual({ id: '7' })
      expect((await fetch('/nothing')).status).toBe(404)
      expect((await fetch('/echo')).status).toBe(426)
    },
  },
  {
    name: 'WebSockets are beside it',
    async run({ connect }) {
      const client = connect('/echo')
      client.send('hello')
      await expectMessages(client, ['hello'])
      client.close()
    },
  },
]

const server = { engine: node, connect, open }

describe('with Hono', () => {
  for (const { name, run } of contractTests(
    contract,
    inMemory(() => app),
  )) {
    test(`in memory, ${name}`, run)
  }
  for (const { name, run } of contractTests(
    contract,
    onServer(() => app, server),
  )) {
    test(`over the wire, ${name}`, run)
  }
})
