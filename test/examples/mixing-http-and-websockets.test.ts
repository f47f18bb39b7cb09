import { expect, test, vi } from 'vitest'
import { app } from '../../examples/mixing-http-and-websockets.ts'
import { expectClosed, expectMessages, inMemory, testWsClient } from '../../src/testing/index.ts'

test('a page and a socket share a path', async () => {
  const { fetch } = await inMemory(() => app).start()
  expect(await (await fetch('/bob')).text()).toBe('hiya bob')

  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const client = testWsClient(app, '/bob')
  client.send('anybody there?')
  await expectMessages(client, ['hello bob', 'bob is responding'])
  client.close()
  await expectClosed(client, 1000)
  expect(log.mock.calls).toEqual([['bob is closing']])
  log.mockRestore()
})
