import { describe, expect, test } from 'vitest'
import { openAll } from '../../../src/cli/load/opening.ts'
import { awaitAnswers, sendAll } from '../../../src/cli/load/sending.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { echoing, loadOn, serving } from '../../support/load-rig.ts'

const never = new AbortController().signal
const silent: WsHandler = () => () => {}

describe('sendAll', () => {
  test('ends when each connection has its answers', async () => {
    await using server = await serving(echoing)
    const load = loadOn(server.url)
    const span = await sendAll(load, await openAll(load, never), never)
    expect(span).toMatchObject({ sent: 6, received: 6 })
    expect(span.time).toBeGreaterThan(0)
    expect(span.cpu).toBeGreaterThan(0)
    expect(load.tally.lateness.distribution?.max).toBeLessThan(1_000)
  })

  test('sends at a rate of its own, whatever comes', async () => {
    await using server = await serving(silent)
    const load = loadOn(server.url, { pacing: { loop: 'open', perSecond: 200 }, wait: 20 })
    const span = await sendAll(load, await openAll(load, never), never)
    expect(span).toMatchObject({ sent: 6, received: 0 })
    // The last of six is due after 5 / 400 s; the wait for answers does not count.
    expect(span.time).toBeGreaterThanOrEqual(12)
    await awaitAnswers(load, never)
    expect(load.tally).toMatchObject({ pending: 6, answered: 0 })
  })

  test('sends what is due before the time is up, and takes nothing else for unsent', async () => {
    await using server = await serving(echoing)
    const load = loadOn(server.url, {
      messages: Infinity,
      duration: 100,
      pacing: { loop: 'open', perSecond: 10 },
    })
    await sendAll(load, await openAll(load, never), never)
    expect(load.tally).toMatchObject({ sent: 2, unsent: 0 })
  })

  test('ends when the time is up', async () => {
    await using server = await serving(echoing)
    const load = loadOn(server.url, { messages: Infinity, duration: 30 })
    const span = await sendAll(load, await openAll(load, never), never)
    expect(span.time).toBeGreaterThanOrEqual(29)
    await awaitAnswers(load, never)
    expect(load.tally.pending).toBe(0)
    expect(load.tally.answered).toBe(load.tally.sent)
  })

  test('holds the connections open when there is nothing to send', async () => {
    await using server = await serving(() => (socket) => socket.send('news'))
    const load = loadOn(server.url, { messages: 0, duration: 20 })
    const span = await sendAll(load, await openAll(load, never), never)
    expect(span.time).toBeGreaterThanOrEqual(19)
    expect(load.tally).toMatchObject({ sent: 0, received: 2, unasked: 0 })
  })

  test('ends when no answers come any more, if there is no other end', async () => {
    await using server = await serving(silent)
    const load = loadOn(server.url, { wait: 20 })
    expect(await sendAll(load, await openAll(load, never), never)).toMatchObject({ sent: 2 })
  })

  test('ends when all connections have', async () => {
    await using server = await serving(() => (socket) => socket.onMessage(() => socket.close()))
    const load = loadOn(server.url, { messages: Infinity, duration: 60_000 })
    await sendAll(load, await openAll(load, never), never)
    expect(load.tally.lost).toMatchObject([{ kind: '1000', count: 2 }])
  })

  test('ends when it is told to', async () => {
    const abort = new AbortController()
    await using server = await serving(() => (socket) => socket.onMessage(() => abort.abort()))
    const load = loadOn(server.url, { messages: Infinity, duration: 60_000 })
    await sendAll(load, await openAll(load, never), abort.signal)
    await awaitAnswers(load, abort.signal)
    expect(load.tally.answered).toBe(0)
  })
})
