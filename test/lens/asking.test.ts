import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { asking } from '../../src/lens/asking.ts'
import { Message } from '../../src/lens/message.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import { accept } from '../../src/websocket/accept.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { NotSupportedException, WebSocketClosedException } from '../../src/websocket/errors.ts'
import { requestKey } from '../../src/websocket/request/request-key.ts'
import type { WsFilter } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { FakeSocket } from './fake-peers.ts'

const question = Message.json(z.object({ id: z.int(), question: z.string() }))
const answer = Message.json(z.object({ id: z.int(), answer: z.string() }))

const tea = (id: number) => question.create({ id, question: 'tea?' })

function quiz() {
  const plain = new FakeSocket()
  const clock = new VirtualClock()
  const { socket, ask } = asking(plain, { answer, timeout: 1_000, clock })
  const heard: string[] = []
  socket.onMessage((message) => heard.push(message.text()))
  return { plain, clock, socket, ask, heard }
}

describe('a question', () => {
  test('is sent with a number, and gets the answer with that number, in whatever order answers come', async () => {
    const { plain, ask, heard } = quiz()
    const first = ask(tea)
    const second = ask((id) => `{"id":${id},"question":"milk?"}`)
    expect(plain.sent.map((message) => message.text())).toEqual([
      '{"id":1,"question":"tea?"}',
      '{"id":2,"question":"milk?"}',
    ])
    plain.receive('{"id":2,"answer":"no"}')
    plain.receive('{"id":1,"answer":"yes"}')
    expect(await Promise.all([first, second])).toEqual([
      { id: 1, answer: 'yes' },
      { id: 2, answer: 'no' },
    ])
    expect(heard).toEqual([])
  })

  test('leaves all other messages to the listeners', async () => {
    const { plain, socket, ask, heard } = quiz()
    const also: string[] = []
    plain.receive('{"id":1,"answer":"too early"}')
    const asked = ask(tea)
    socket.onMessage((message) => also.push(message.text()))
    const others = ['hello', '{"id":2,"answer":"not asked"}', '{"id":1,"question":"mine"}']
    for (const other of others) plain.receive(other)
    plain.receive('{"id":1,"answer":"yes"}')
    plain.receive('{"id":1,"answer":"again"}')
    expect(await asked).toEqual({ id: 1, answer: 'yes' })
    expect(also).toEqual(others)
    expect(heard).toEqual(['{"id":1,"answer":"too early"}', ...others])
  })

  test('is not answered by what has no number, whatever the lens lets through', async () => {
    const plain = new FakeSocket()
    const errors: Error[] = []
    plain.onError((error) => errors.push(error))
    const { socket, ask } = asking(plain, { answer: Message.json(z.any()) })
    const heard: string[] = []
    socket.onMessage((message) => heard.push(message.text()))
    const asked = ask(tea)
    const others = [
      'null',
      '1',
      '"1"',
      '[1]',
      '{"id":"1"}',
      '{"id":1e999}',
      '{"__proto__":{"id":1}}',
    ]
    for (const other of others) plain.receive(other)
    plain.receive('{"id":1}')
    expect(await asked).toEqual({ id: 1 })
    expect(heard).toEqual(others)
    expect(errors).toEqual([])
  })

  test('fails when no answer comes in time, and a late answer is dropped', async () => {
    const { plain, clock, ask, heard } = quiz()
    const [asked, patient] = [ask(tea), ask(tea, { timeout: 5_000 })]
    clock.advance(1_000)
    await expect(asked).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'no answer came within 1000 ms',
    })
    plain.receive('{"id":2,"answer":"yes"}')
    expect(await patient).toEqual({ id: 2, answer: 'yes' })
    plain.receive('{"id":1,"answer":"late"}')
    expect(heard).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('is given up when its signal aborts, and not asked if it has aborted', async () => {
    const { plain, ask } = quiz()
    const controller = new AbortController()
    const asked = ask(tea, { signal: controller.signal })
    controller.abort('enough')
    await expect(asked).rejects.toBe('enough')
    vi.spyOn(controller.signal, 'throwIfAborted').mockImplementation(() => {
      throw new TypeError('not every platform has it')
    })
    await expect(ask(tea, { signal: controller.signal })).rejects.toBe('enough')
    expect(plain.sent).toHaveLength(1)
  })

  test('fails when the socket closes first, with its status', async () => {
    const { plain, ask } = quiz()
    const asked = [ask(tea), ask(tea)]
    plain.ended(WsStatus.GOING_AWAY)
    for (const each of asked) {
      await expect(each).rejects.toThrow(new WebSocketClosedException(WsStatus.GOING_AWAY))
    }
  })

  test('fails at once when the socket has closed, and is not sent', async () => {
    const { plain, clock, ask } = quiz()
    const asked = ask(tea)
    plain.ended(WsStatus.GOING_AWAY)
    await expect(asked).rejects.toThrow(WebSocketClosedException)
    await expect(ask(tea)).rejects.toThrow(new WebSocketClosedException(WsStatus.GOING_AWAY))
    expect(plain.sent).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('that is the first one fails as well when the socket has closed', async () => {
    let late = async (): Promise<unknown> => undefined
    const app = websockets(
      bind('/quiz', () => (plain) => {
        late = () => asking(plain, { answer }).ask(tea)
        plain.close()
      }),
    )
    await testWsClient(app, '/quiz').closed
    await expect(late()).rejects.toThrow(WebSocketClosedException)
  })

  test.each([
    ['1.5'],
    ['-1'],
    ['0'],
    ['2'],
    ['9007199254740992'],
    ['1e400'],
    ['"1"'],
    ['"__proto__"'],
    ['[1]'],
  ])('is not answered by the number %s', async (id) => {
    const plain = new FakeSocket()
    const unchecked = Message.json().map((value) => value as { readonly id: number })
    const { socket, ask } = asking(plain, { answer: unchecked })
    const heard: string[] = []
    socket.onMessage((message) => heard.push(message.text()))
    const asked = ask(tea)
    plain.receive(`{"id":${id}}`)
    expect(heard).toHaveLength(1)
    plain.receive('{"id":1}')
    expect(await asked).toEqual({ id: 1 })
    expect(heard).toHaveLength(1)
  })

  test('fails with what makes or sends it, and leaves nothing behind', async () => {
    const { plain, clock, ask, heard } = quiz()
    const mistake = (id: number) => question.create({ id, question: 1 as never })
    await expect(ask(mistake)).rejects.toThrow('question')
    vi.spyOn(plain, 'send').mockImplementation(() => {
      throw new TypeError('refused')
    })
    await expect(ask(tea)).rejects.toThrow('refused')
    expect(clock.pending).toBe(0)
    plain.receive('hello')
    expect(heard).toEqual(['hello'])
  })

  test('that nobody awaits is no unhandled rejection', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const { plain, ask } = quiz()
    void ask(tea)
    plain.ended(WsStatus.NORMAL)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('asking', () => {
  test.each([
    [{ answer, timeouts: 1 }, 'asking() has no option timeouts'],
    [{}, 'asking needs a lens for answers, not undefined'],
    [{ answer, timeout: -1 }, 'the option timeout is -1: it must be a number from 0 up'],
  ])('refuses %o', (options, message) => {
    expect(() => asking(new FakeSocket(), options as never)).toThrow(message)
  })

  test('refuses options of a question at once', () => {
    const { ask } = quiz()
    expect(() => ask(tea, { after: 1 } as never)).toThrow('ask() has no option after')
    expect(() => ask(tea, { timeout: Number.NaN })).toThrow('the option timeout is NaN')
  })

  test('refuses every question on a socket of frames', async () => {
    const thrown: unknown[] = []
    const app = websockets(
      bind('/quiz', () =>
        accept(
          (plain) => {
            const { ask } = asking(plain, { answer })
            for (const question of [tea, tea]) {
              try {
                void ask(question)
              } catch (error) {
                thrown.push(error)
              }
            }
            plain.terminate()
          },
          { mode: 'frames' },
        ),
      ),
    )
    await testWsClient(app, '/quiz').closed
    expect(thrown).toEqual([expect.any(NotSupportedException), expect.any(NotSupportedException)])
  })

  test('finds answers behind a filter that has a message for each listener', async () => {
    const heard: string[] = []
    const copying: WsFilter = (next) => (socket) =>
      next(decorate(socket, { message: (message, next) => next(message.body(message.text())) }))
    const answers: Promise<unknown>[] = []
    const app = websockets(
      bind('/quiz', () => (plain) => {
        const { socket, ask } = asking(plain, { answer })
        for (const name of ['first', 'second']) {
          socket.onMessage((message) => heard.push(`${name} ${message.text()}`))
        }
        answers.push(ask(tea))
      }),
    ).withFilter(copying)
    const client = testWsClient(app, '/quiz')
    client.send('{"id":1,"answer":"yes"}')
    client.send('hello')
    expect(await answers[0]).toEqual({ id: 1, answer: 'yes' })
    expect(heard).toEqual(['first hello', 'second hello'])
  })

  test('lets an error of the lens that is no refusal reach onError', async () => {
    const plain = new FakeSocket()
    const errors: Error[] = []
    plain.onError((error) => errors.push(error))
    const broken = Object.assign(
      () => {
        throw new TypeError('broken')
      },
      { meta: answer.meta, map: answer.map },
    )
    void asking(plain, { answer: broken as never }).ask(tea)
    plain.receive('hello')
    expect(errors).toEqual([new TypeError('broken')])
  })

  test('works where the answer comes before send returns', async () => {
    const { plain, ask } = quiz()
    vi.spyOn(plain, 'send').mockImplementation(() => {
      plain.receive('{"id":1,"answer":"yes"}')
      return true
    })
    expect(await ask(tea)).toEqual({ id: 1, answer: 'yes' })
  })

  test('holds what comes before the first listener until there is one', async () => {
    const app = websockets(
      bind('/quiz', () => async (plain) => {
        const { socket, ask } = asking(plain, { answer })
        await plain.drained()
        socket.onMessage((message) => socket.send(`heard ${message.text()}`))
        socket.send((await ask(tea)).answer)
      }),
    )
    const client = testWsClient(app, '/quiz')
    client.send('hello')
    const received = client.received()[Symbol.asyncIterator]()
    const next = async () => (await received.next()).value?.text()
    expect([await next(), await next()]).toEqual(['{"id":1,"question":"tea?"}', 'heard hello'])
    client.send('{"id":1,"answer":"yes"}')
    expect(await next()).toBe('yes')
  })

  test('gives sessions a way to ask by a filter', async () => {
    const key =
      requestKey<ReturnType<typeof asking<{ id: number; answer: string }, never>>['ask']>('ask')
    const withAsking: WsFilter = (next) => (plain) => {
      const { socket, ask } = asking(plain, { answer })
      return next(decorate(socket, { upgradeRequest: plain.upgradeRequest.with(key, ask) }))
    }
    const app = websockets(
      webSocket('/quiz', async (session) => {
        const asked = session.call.request.get(key)(tea)
        await session.send(await session.incoming.receive())
        await session.send((await asked).answer)
      }),
    ).withFilter(withAsking)
    const client = testWsClient(app, '/quiz')
    const received = client.received()[Symbol.asyncIterator]()
    expect((await received.next()).value?.text()).toBe('{"id":1,"question":"tea?"}')
    client.send('{"id":1,"answer":"yes"}')
    client.send('hello')
    expect((await received.next()).value?.text()).toBe('hello')
    expect((await received.next()).value?.text()).toBe('yes')
    expect((await client.closed).code).toBe(1000)
  })
  test.each([
    ['on the same socket', (plain: FakeSocket) => plain],
    ['on the socket of the first', (_: FakeSocket, first: FakeSocket) => first],
  ])('shares its numbers with another one %s', async (_name, of) => {
    const plain = new FakeSocket()
    const first = asking(plain, { answer })
    const second = asking(of(plain, first.socket), { answer })
    const heard: string[] = []
    for (const { socket } of [first, second]) {
      socket.onMessage((message) => heard.push(message.text()))
    }
    const asked = [first.ask(tea), second.ask(tea), first.ask(tea)]
    for (const id of [3, 2, 1, 2]) plain.receive(`{"id":${id},"answer":"to ${id}"}`)
    expect(await Promise.all(asked)).toEqual([1, 2, 3].map((id) => ({ id, answer: `to ${id}` })))
    expect(heard).toEqual([])
    plain.receive('hello')
    expect(heard).toEqual(['hello', 'hello'])
  })
  test('reads each answer with the lens of whoever has asked', async () => {
    const plain = new FakeSocket()
    const lax = asking(plain, { answer: Message.json(z.object({ id: z.int() })) })
    const strict = asking(plain, { answer })
    const heard: string[] = []
    lax.socket.onMessage((message) => heard.push(message.text()))
    const asked = [lax.ask(tea), strict.ask(tea)]
    for (const id of [2, 1]) plain.receive(`{"id":${id},"answer":"yes"}`)
    expect(await Promise.all(asked)).toEqual([{ id: 1 }, { id: 2, answer: 'yes' }])
    const more = strict.ask(tea)
    plain.receive('{"id":3}')
    expect(heard).toEqual(['{"id":3}'])
    plain.receive('{"id":3,"answer":"no"}')
    expect(await more).toEqual({ id: 3, answer: 'no' })
  })
})
