import { describe, expect, test } from 'vitest'
import { openingOf, playToServer, targetOf } from '../../../src/cli/replay/play-to-server.ts'
import type { OpenEntry, TrafficEntry } from '../../../src/filters/traffic-entry.ts'
import type { ReplayDifference } from '../../../src/testing/index.ts'
import { systemClock } from '../../../src/websocket/support/clock.ts'
import { lastingClock } from '../../../src/websocket/support/lasting-clock.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { echoing, serving } from '../../support/load-rig.ts'

const open: OpenEntry = {
  connection: 1,
  at: 0,
  kind: 'open',
  method: 'GET',
  url: 'http://recorded.example/room?a=1',
  headers: [],
  protocol: '',
}

function message(direction: 'in' | 'out', text: string, at = 0): TrafficEntry {
  return { connection: 1, at, kind: 'message', direction, mode: 'text', text }
}

function close(direction: 'in' | 'out', code = 1000, at = 0): TrafficEntry {
  return { connection: 1, at, kind: 'close', direction, code, reason: '' }
}

interface Given {
  readonly fast?: boolean
  readonly within?: number
  readonly signal?: AbortSignal
}

async function playing(
  handler: WsHandler,
  entries: readonly TrafficEntry[],
  given: Given = {},
): Promise<ReplayDifference[]> {
  await using server = await serving(handler)
  const differences: ReplayDifference[] = []
  const target = {
    url: server.url,
    connect: {},
    clock: { ...systemClock, ...lastingClock },
    fast: true,
    within: 2_000,
    signal: new AbortController().signal,
    ...given,
  }
  await playToServer(entries, target, (difference) => differences.push(difference))
  return differences
}

const talk = [
  open,
  message('in', 'a'),
  message('out', 'a'),
  message('in', 'b'),
  message('out', 'b'),
]

describe('playToServer', () => {
  test('waits for the end after an answer that did not come', async () => {
    const forgetful: WsHandler = () => (socket) =>
      socket.onMessage((message) => message.text() === 'b' || socket.send(message))
    const entries = [...talk, close('in', 1000, 5_000)]
    const differences = await playing(forgetful, entries, { within: 20 })
    expect(differences.map(({ recorded }) => recorded)).toEqual([message('out', 'b')])
  })

  test('finds no difference when the answers are the same, whoever closes', async () => {
    expect(await playing(echoing, [...talk, close('in')])).toEqual([])
    const closing: WsHandler = () => (socket) => {
      socket.onMessage((message) => {
        socket.send(message)
        if (message.text() === 'b') socket.close()
      })
    }
    expect(await playing(closing, [...talk, close('out')])).toEqual([])
  })

  test('tells what is different, and when nothing comes', async () => {
    const loud: WsHandler = () => (socket) =>
      socket.onMessage((message) => {
        if (message.text() === 'a') socket.send('A')
      })
    const differences = await playing(loud, talk, { within: 30 })
    expect(differences).toMatchObject([
      { recorded: { text: 'a' }, replayed: { text: 'A' } },
      { recorded: { text: 'b' }, replayed: undefined },
    ])
  })

  test('sends binary messages, and what was text in bytes', async () => {
    const bytes = (direction: 'in' | 'out'): TrafficEntry => ({
      connection: 1,
      at: 0,
      kind: 'message',
      direction,
      mode: 'binary',
      base64: 'AQI=',
    })
    expect(await playing(echoing, [open, bytes('in'), bytes('out'), close('in')])).toEqual([])
  })

  test('waits before the client acts as it did, and for answers as long as they took', async () => {
    const slow: WsHandler = () => (socket) =>
      socket.onMessage((message) => setTimeout(() => socket.send(message), 40))
    const entries = [open, message('in', 'a', 50), message('out', 'a', 100), close('in', 1000, 120)]
    const begun = performance.now()
    expect(await playing(slow, entries, { fast: false, within: 1_000 })).toEqual([])
    expect(performance.now() - begun).toBeGreaterThanOrEqual(115)
  })

  test('tells of a connection that does not open, once', async () => {
    const differences = await playing(() => new Response('no', { status: 403 }), talk)
    expect(differences).toMatchObject([{ recorded: open, replayed: undefined }])
    expect(differences[0]?.error?.message).toMatch(/answered 403/)
  })

  test('ends when it is told to', async () => {
    const abort = new AbortController()
    const leaving: WsHandler = () => (socket) => socket.onMessage(() => abort.abort())
    const entries = [open, message('in', 'a'), message('out', 'a', 100_000), close('in')]
    const { signal } = abort
    expect(await playing(leaving, entries, { fast: false, signal })).toEqual([])
    const late = new AbortController()
    const later: WsHandler = () => () => late.abort()
    const waiting = [open, message('in', 'a', 100_000)]
    expect(await playing(later, waiting, { fast: false, signal: late.signal })).toEqual([])
  })

  test('rejects what cannot be sent', async () => {
    const target = {
      url: 'nowhere',
      connect: {},
      clock: systemClock,
      fast: true,
      within: 0,
      signal: new AbortController().signal,
    }
    await expect(playToServer(talk, target, () => {})).rejects.toMatchObject({ exitCode: 2 })
  })
})

test.each([
  ['ws://a', 'ws://a/room?a=1'],
  ['ws://ann:x@a:1/', 'ws://ann:x@a:1/room?a=1'],
  ['wss://a/other', 'wss://a/other'],
  ['wss://a/?b', 'wss://a/?b'],
  ['nowhere', 'nowhere'],
])('the recording is played to %s at %s', (url, target) => {
  expect(targetOf(url, open)).toBe(target)
})

test('headers and subprotocols are those of the recording, unless others are given', () => {
  const headers = [
    ['host', 'a'],
    ['sec-websocket-key', '***'],
    ['sec-websocket-protocol', 'chat, bearer.***'],
    ['authorization', '***'],
    ['x-user', 'ann'],
    ['origin', 'http://a'],
  ] as const
  expect(openingOf({ ...open, headers }, {})).toEqual({
    headers: [
      ['x-user', 'ann'],
      ['origin', 'http://a'],
    ],
    protocols: ['chat'],
  })
  const given = { headers: [['X-User', 'bob']] as [string, string][], protocols: ['b'] }
  expect(openingOf({ ...open, headers }, given)).toEqual({
    headers: [
      ['origin', 'http://a'],
      ['X-User', 'bob'],
    ],
    protocols: ['b'],
  })
})
