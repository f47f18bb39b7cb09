import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { WebSocketServer } from 'ws'
import type { Poly, WsRouter } from '../src/index.ts'
import { connect, type UpgraderOptions } from '../src/node/index.ts'
import { expectClosed, expectMessages, expectRefused, testWsClient } from '../src/testing/index.ts'
import { BareServer } from './support/http-server.ts'
import { moduleOf } from './support/snippets.ts'

/** What the page declares, as far as it is used here. */
interface Declared {
  readonly routes: WsRouter
  readonly options: UpgraderOptions
  readonly broadcast: (text: string) => void
  readonly shared: Server
  readonly old: WebSocketServer
  readonly both: Poly
}

const DECLARED = `
\`\`\`ts
yield {
  routes: websockets(members, news, numbers, shouting, uploads, chat, quiz, bind('/', routed)),
  options, broadcast, shared, old, both,
}
\`\`\`
`

/** The page as a function that declares all of it, and runs what stands under "The end" when it is asked to go on. */
async function runPage(port: number): Promise<AsyncGenerator<Declared>> {
  const text = readFileSync(new URL('../docs/coming-from-ws.md', import.meta.url), 'utf8')
  const [, before, end, after] = /^(.*)(^## Shutting down$.*?)(^## .*)$/ms.exec(text) ?? []
  const module = moduleOf(`${before}${after}${DECLARED}${end}`)
    .replace('async function page()', 'async function* page(port: number)')
    .replace("import { expect, test } from 'vitest'", "import { expect } from 'vitest'")
    .replace(/^test\('echoes', /m, 'await Promise.resolve().then(')
    .replace('listen(9000)', 'listen(port)')
    .replace("'ws://localhost:9000/echo'", "'ws://localhost:' + port + '/echo'")
  const folder = new URL('../node_modules/.cache/run-snippets/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = fileURLToPath(new URL('coming-from-ws.ts', folder))
  writeFileSync(file, module)
  // The block above is what it yields.
  const { page } = (await import(file)) as { page: (port: number) => AsyncGenerator<Declared> }
  return page(port)
}

async function declared(page: AsyncGenerator<Declared>): Promise<Declared> {
  const { value } = await page.next()
  return value
}

async function freePort(): Promise<number> {
  await using server = await BareServer.listen()
  return server.port
}

test('what is told to those who come from ws runs as it is told', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const port = await freePort()
  const page = await runPage(port)
  const { routes, options, broadcast, both } = await declared(page)

  await expect.poll(() => log.mock.calls).toEqual([['hello']])
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
  await expectRefused(connect(`ws://127.0.0.1:${port}/nowhere`), 404)

  await expectMessages(testWsClient(routes, '/rooms/tea'), ['welcome to tea'])
  await expectRefused(testWsClient(routes, '/members'), 401)
  const headers = { cookie: 'session=1' }
  await expectMessages(testWsClient(routes, '/members', { headers }), ['welcome back, ann'])

  const readers = [testWsClient(routes, '/news'), testWsClient(routes, '/news')]
  broadcast('good evening')
  for (const reader of readers) await expectMessages(reader, ['good evening'])

  const counting = testWsClient(routes, '/numbers')
  await expectMessages(
    counting,
    Array.from({ length: 1_000 }, (_, i) => `number ${i}`),
  )
  await expectClosed(counting, 1000)

  const asked = testWsClient(routes, '/quiz')
  await expectMessages(asked, [{ id: 1, question: 'tea or coffee?' }])
  asked.send(JSON.stringify({ id: 2, answer: 'coffee' }))
  asked.send(JSON.stringify({ id: 1, answer: 'tea' }))
  await expectMessages(asked, ['tea it is'])

  const loud = testWsClient(routes, '/shout')
  loud.send('hello')
  await expectMessages(loud, ['HELLO'])

  const uploading = testWsClient(routes, '/uploads', { webSockets: options })
  uploading.send(new Uint8Array(1024 * 1024))
  await expectMessages(uploading, ['1048576 bytes'])
  const elsewhere = testWsClient(routes, '/echo', { webSockets: options })
  elsewhere.send(new Uint8Array(65_537))
  await expectClosed(elsewhere, 1009)

  const [ann, ben, cat] = [
    testWsClient(routes, '/chat/tea'),
    testWsClient(routes, '/chat/tea'),
    testWsClient(routes, '/chat/milk'),
  ]
  ann.send('hello')
  await expectMessages(ben, ['hello'])
  for (const other of [ann, cat]) expect([...other.received()]).toEqual([])

  const client = testWsClient(both, '/echo')
  client.send('hello')
  await expectMessages(client, ['hello'])
  const answer = await both.http(new Request('http://localhost/'))
  expect(answer instanceof Response && (await answer.text())).toBe('hello')

  expect((await page.next()).done).toBe(true)
  expect(log.mock.calls.slice(1)).toEqual([[1001, 'Going away']])
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed')
  log.mockRestore()
})

test('a server that ws and antiphon share does as it is told to', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const page = await runPage(await freePort())
  const { shared, old } = await declared(page)

  shared.listen(0, '127.0.0.1')
  await once(shared, 'listening')
  const { port } = shared.address() as AddressInfo
  old.on('connection', (ws) => ws.send('from ws'))
  const ofOld = connect(`ws://127.0.0.1:${port}/old`)
  await expectMessages(ofOld, ['from ws'])
  const ofMoved = connect(`ws://127.0.0.1:${port}/echo`)
  ofMoved.send('hello')
  await expectMessages(ofMoved, ['hello'])

  for (const client of [ofOld, ofMoved]) await client[Symbol.asyncDispose]()
  shared.closeAllConnections()
  shared.close()
  await page.next()
  log.mockRestore()
})
