import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { chat } from '../../examples/chat/app.ts'
import type { FromPage } from '../../examples/chat/messages.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

const at = expect.any(Number)
const id = expect.any(String)

function say(client: WsClient, message: FromPage): void {
  client.send(JSON.stringify(message))
}

/** What has come since the last call. */
function heard(client: WsClient): unknown[] {
  return [...client.received()].map((message) => message.json())
}

/** Somebody who has joined, and has heard so. */
function join(app: ReturnType<typeof chat>, room: string, name: string): WsClient {
  const client = testWsClient(app, `/rooms/${room}`)
  say(client, { type: 'join', name })
  heard(client)
  return client
}

function idOf(event: unknown): string {
  return z.object({ id: z.string() }).parse(event).id
}

/** The name that somebody gets who asks for `name`. */
function nameFor(app: ReturnType<typeof chat>, room: string, name: string): unknown {
  const client = testWsClient(app, `/rooms/${room}`)
  say(client, { type: 'join', name })
  const [welcome] = heard(client)
  return welcome
}

describe('a room of the chat', () => {
  test('welcomes who joins, and tells them who is here', () => {
    const app = chat()
    const ann = testWsClient(app, '/rooms/tea')
    say(ann, { type: 'join', name: 'ann' })
    expect(heard(ann)).toEqual([
      { type: 'welcome', name: 'ann', people: ['ann'] },
      { type: 'joined', name: 'ann', at },
    ])

    const ben = testWsClient(app, '/rooms/tea')
    say(ben, { type: 'join', name: 'ben' })
    expect(heard(ben)[0]).toEqual({ type: 'welcome', name: 'ben', people: ['ann', 'ben'] })
    expect(heard(ann)).toEqual([{ type: 'joined', name: 'ben', at }])
  })

  test('tells everybody in it what one of them says', () => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    const ben = join(app, 'tea', 'ben')
    heard(ann)
    say(ann, { type: 'say', text: ' milk first?\n' })
    const said = [{ type: 'said', id, name: 'ann', text: 'milk first?', at }]
    expect(heard(ann)).toEqual(said)
    expect(heard(ben)).toEqual(said)
  })

  test('tells those who come later what was said lately, after their welcome', () => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    for (let i = 0; i < 60; i++) say(ann, { type: 'say', text: `cup ${i}` })
    const ben = testWsClient(app, '/rooms/tea')
    say(ben, { type: 'join', name: 'ben' })
    const said = Array.from({ length: 50 }, (_, i) => {
      return { type: 'said', id, name: 'ann', text: `cup ${i + 10}`, at }
    })
    expect(heard(ben)).toEqual([
      { type: 'welcome', name: 'ben', people: ['ann', 'ben'] },
      ...said,
      { type: 'joined', name: 'ben', at },
    ])
  })

  test('tells those who come back what they have missed', () => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    const ben = join(app, 'tea', 'ben')
    heard(ann)
    for (const text of ['one', 'two']) say(ann, { type: 'say', text })
    const [one] = heard(ann)
    ben.terminate()
    say(ann, { type: 'say', text: 'three' })
    const again = testWsClient(app, '/rooms/tea')
    say(again, { type: 'join', name: 'ben', after: idOf(one) })
    expect(heard(again).slice(1, -1)).toEqual([
      { type: 'said', id, name: 'ann', text: 'two', at },
      { type: 'said', id, name: 'ann', text: 'three', at },
    ])
  })

  test('tells nobody in another room', () => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    const ben = join(app, 'coffee', 'ben')
    say(ann, { type: 'say', text: 'hello' })
    expect(heard(ben)).toEqual([])
  })

  test.each([
    ['closes', (client: WsClient) => client.close()],
    ['is gone without a word', (client: WsClient) => client.terminate()],
    ['breaks the rules', (client: WsClient) => client.send('x'.repeat(20_000))],
  ])('tells the others when somebody %s', (_, leave) => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    const ben = join(app, 'tea', 'ben')
    heard(ann)
    leave(ben)
    expect(heard(ann)).toEqual([{ type: 'left', name: 'ben', at }])
    expect(nameFor(app, 'tea', 'ben')).toMatchObject({ name: 'ben', people: ['ann', 'ben'] })
  })

  test('tells nobody when somebody leaves who never joined', () => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    testWsClient(app, '/rooms/tea').close()
    expect(heard(ann)).toEqual([])
  })
})

describe('a name in the chat', () => {
  test('has a number where somebody has it already, in that room', () => {
    const app = chat()
    join(app, 'tea', 'ann')
    expect(nameFor(app, 'tea', 'ann')).toMatchObject({ name: 'ann 2' })
    expect(nameFor(app, 'tea', 'ann')).toMatchObject({ name: 'ann 3' })
    expect(nameFor(app, 'coffee', 'ann')).toMatchObject({ name: 'ann' })
  })

  test.each(['ANN', 'ａｎｎ', 'a\u200bnn', ' ann\t'])('is taken when %j looks the same', (name) => {
    const app = chat()
    join(app, 'tea', 'ann')
    expect(nameFor(app, 'tea', name)).toMatchObject({ name: expect.stringMatching(/ 2$/) })
  })

  test('keeps its markup as it is, for the page to show as text', () => {
    expect(nameFor(chat(), 'tea', '<b>ann</b>')).toMatchObject({ name: '<b>ann</b>' })
  })
})

describe('a mistake in the chat', () => {
  test.each([
    ['hello', 'a message must be JSON, such as {"type":"say","text":"hello"}'],
    ['null', 'a message must be a JSON object with a "type"'],
    ['{"type":"shout"}', '"type" must be "join" or "say"'],
    ['{"type":"join"}', '"name" must be a string'],
    ['{"type":"join","name":" \\u200b"}', '"name" must not be empty'],
    [`{"type":"join","name":"${'é'.repeat(25)}"}`, '"name" has 25 characters, at most 24 fit'],
    ['{"type":"say","text":7}', '"text" must be a string'],
    [
      `{"type":"say","text":"${'x'.repeat(2_001)}"}`,
      '"text" has 2001 characters, at most 2000 fit',
    ],
    ['{"type":"say","text":"hello"}', 'join first'],
  ])('is told to the one who made it: %s', (sent, message) => {
    const app = chat()
    const ann = join(app, 'tea', 'ann')
    const client = testWsClient(app, '/rooms/tea')
    client.send(sent)
    expect(heard(client)).toEqual([{ type: 'mistake', message }])
    expect(heard(ann)).toEqual([])
    say(client, { type: 'join', name: 'ben' })
    expect(heard(ann)).toEqual([{ type: 'joined', name: 'ben', at }])
  })

  test('is to join twice', () => {
    const ann = join(chat(), 'tea', 'ann')
    say(ann, { type: 'join', name: 'ben' })
    expect(heard(ann)).toEqual([{ type: 'mistake', message: 'you have joined already' }])
  })

  test('ends the visit when it is the tenth', async () => {
    const ann = join(chat(), 'tea', 'ann')
    for (let count = 1; count < 10; count++) ann.send('?')
    say(ann, { type: 'say', text: 'still here' })
    expect(heard(ann)).toHaveLength(10)
    ann.send('?')
    expect((await ann.closed).is(WsStatus.POLICY_VALIDATION)).toBe(true)
  })

  test('ends the visit when it is larger than any message can be', async () => {
    const ann = join(chat(), 'tea', 'ann')
    ann.send('x'.repeat(16 * 1024 + 1))
    expect((await ann.closed).is(WsStatus.TOOBIG)).toBe(true)
  })
})

describe('over HTTP, the chat', () => {
  const { http } = chat()

  async function get(path: string): Promise<Response> {
    const answer = await http(new Request(`http://chat${path}`))
    if (!(answer instanceof Response)) throw new TypeError('HTTP became a WebSocket')
    return answer
  }

  test.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/chat.css', 'text/css; charset=utf-8', ':root'],
    ['/chat.js', 'text/javascript; charset=utf-8', 'new WebSocket'],
    ['/icon.svg', 'image/svg+xml', '<svg'],
  ])('serves %s', async (path, type, part) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(await response.text()).toContain(part)
  })

  test.each(['/nothing', '/server.ts', '/public/chat.js', '/..%2fapp.ts', '/rooms'])(
    'has nothing at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )

  test('says that a room is only there over WebSockets', async () => {
    expect((await get('/rooms/tea')).status).toBe(426)
  })

  test.each(['a%20b', '%3Cb%3E', 'x'.repeat(33)])('refuses a room named %s', async (room) => {
    const client = testWsClient(chat(), `/rooms/${room}`)
    const refusal = await client.opened.catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(WebSocketUpgradeException)
    expect(refusal).toMatchObject({ status: 400, body: expect.stringContaining('1 to 32') })
  })
})
