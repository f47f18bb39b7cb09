import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { deferred } from '../../src/client/deferred.ts'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import { connect, node, reconnecting } from '../../src/node/index.ts'
import { bind } from '../../src/routing/bind.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import type { Subscriber } from '../../src/topics/subscriber.ts'
import { topic } from '../../src/topics/topics.ts'

const CUTS = 60

const item = Message.json(z.object({ id: z.string(), number: z.int(), text: z.string() }))
const afterOf = Query.string().optional('after')

test.each([
  ['sockets', 'at once', () => {}],
  ['sockets', 'slowly', () => turn()],
  ['sessions', 'at once', () => {}],
  ['sessions', 'slowly', () => turn()],
])(
  'with %s that are cut again and again, a client that reads %s gets every message once and in order',
  async (path, _, pause) => {
    const news = topic({ message: item, history: {} })
    let arrival = deferred<void>()
    let published = 0
    let arrivals = 0

    function arrive(subscriber: Subscriber, after: string | undefined): void {
      const { recovered } = news.subscribe(subscriber, { after, last: Number.POSITIVE_INFINITY })
      expect(recovered).toBe(after !== undefined)
      // Some do not even stay until they have what they missed.
      if (++arrivals % 4 === 0) subscriber.terminate()
      arrival.resolve()
      arrival = deferred()
    }

    const app = websockets(
      bind('/sockets', (request) => (socket) => arrive(socket, afterOf(request))),
      webSocket('/sessions', async (session) => {
        arrive(session, afterOf(session.call.request))
        await session.closed
      }),
    )
    const server = await serve(app, node())
    onTestFinished(() => server.stop())

    function publish(count: number): void {
      for (let i = 0; i < count; i++) {
        const number = published++
        news.publish((id) => ({ id, number, text: 'x'.repeat((number * 997) % 20_000) }))
      }
    }

    async function publishAndCut(): Promise<void> {
      for (let cut = 0; cut < CUTS; cut++) {
        publish(cut % 5)
        for (let i = 0; i < cut % 3; i++) await turn()
        publish(1)
        const next = arrival.promise
        for (const subscriber of news) subscriber.terminate()
        publish(cut % 2)
        await next
      }
      publish(1)
    }

    let last: string | undefined
    const read: number[] = []
    const first = arrival.promise
    const feed = reconnecting(
      () => connect(`${server.url}/${path}${last === undefined ? '' : `?after=${last}`}`),
      { delay: () => 0 },
    )
    await first
    const publishing = publishAndCut()
    let done = false
    void publishing.then(() => {
      done = true
    })
    for await (const message of feed.received()) {
      await pause()
      const { id, number } = item(message)
      if (last !== undefined && id <= last) continue
      last = id
      read.push(number)
      if (done && read.length === published) break
    }
    await publishing
    await feed[Symbol.asyncDispose]()
    expect(read).toEqual(Array.from({ length: published }, (__, i) => i))
    expect(published).toBeGreaterThan(2 * CUTS)
  },
)
