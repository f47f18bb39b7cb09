import { describe, expect, test } from 'vitest'
import { playAsServer } from '../../../src/cli/replay/play-as-server.ts'
import type { RecordedConnection } from '../../../src/cli/replay/recording.ts'
import type { CloseEntry, MessageEntry, TrafficEntry } from '../../../src/filters/traffic-entry.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { type TestWsClient, testWsClient } from '../../../src/testing/index.ts'

function recorded(
  entries: readonly TrafficEntry[],
  { path = '/', protocol = '' } = {},
): RecordedConnection {
  const url = `http://a${path}`
  const request = { method: 'GET', url, headers: [], protocol }
  return { open: { connection: 1, at: 0, kind: 'open', ...request }, entries }
}

function message(direction: 'in' | 'out', text: string, at = 0): MessageEntry {
  return { connection: 1, at, kind: 'message', direction, mode: 'text', text }
}

function close(part: Partial<CloseEntry> = {}): CloseEntry {
  return { connection: 1, at: 0, kind: 'close', code: 1000, reason: '', ...part }
}

interface Played {
  readonly told: string[]
  readonly clock: VirtualClock
  connect(path?: string, protocols?: string): TestWsClient
}

function playing(connections: readonly RecordedConnection[], fast = true): Played {
  const told: string[] = []
  const clock = new VirtualClock()
  const app = playAsServer(connections, { clock, fast, tell: (line) => told.push(line) })
  return {
    told,
    clock,
    connect: (path = '/', protocols) => testWsClient(app, path, { protocols }),
  }
}

async function texts(client: TestWsClient): Promise<string[]> {
  const received: string[] = []
  for await (const message of client.received()) received.push(message.text())
  return received
}

describe('playAsServer', () => {
  test('answers as it was recorded, each message in its turn', async () => {
    const entries = [
      message('out', 'hello'),
      message('in', 'a'),
      message('out', 'A'),
      { ...message('out', ''), mode: 'binary', text: undefined, base64: 'Qg==' } as const,
      close({ direction: 'out', code: 1001, reason: 'bye' }),
    ]
    const { connect, told } = playing([recorded(entries)])
    const client = connect()
    client.send('a')
    expect(await texts(client)).toEqual(['hello', 'A', 'B'])
    expect(await client.closed).toMatchObject({ code: 1001, message: 'bye' })
    expect(told).toEqual([])
  })

  test('tells of what else comes, and goes on', async () => {
    const entries = [message('in', 'a'), message('out', 'A'), close({ direction: 'in' })]
    const { connect, told } = playing([recorded(entries)])
    const client = connect()
    client.send(Uint8Array.of(1))
    client.send('more')
    await expect.poll(() => told.length).toBe(2)
    client.close()
    expect(await texts(client)).toEqual(['A'])
    expect(told).toEqual([
      'connection 1: recorded was text a, and binary, 1 bytes: 01 came',
      'connection 1: nothing more was recorded, and text more came',
    ])
  })

  test('takes the time that it took', async () => {
    const entries = [message('out', 'a', 1_000), message('out', 'b', 3_000)]
    const { connect, clock } = playing([recorded(entries)], false)
    const client = connect()
    await client.opened
    await clock.advanceAsync(999)
    expect([...client.received()]).toHaveLength(0)
    await clock.advanceAsync(1)
    expect([...client.received()]).toHaveLength(1)
    await clock.advanceAsync(2_000)
    expect([...client.received()]).toHaveLength(1)
    client.close()
    await client.closed
    expect(clock.pending).toBe(0)
  })

  test('lets go of a client that leaves while nothing is said', async () => {
    const { connect, clock, told } = playing([recorded([message('out', 'a', 1_000)])], false)
    const client = connect()
    await client.opened
    client.close()
    await client.closed
    await expect.poll(() => clock.pending).toBe(0)
    expect(told).toEqual([])
  })

  test('gives each connection the next one of its path, and then the first again', async () => {
    const one = (text: string, path: string): RecordedConnection =>
      recorded([message('out', text), close({ direction: 'out' })], { path })
    const { connect } = playing([one('1', '/a?x'), one('2', '/b'), one('3', '/a')])
    const seen: string[][] = []
    for (const path of ['/a', '/a?y', '/b', '/a']) seen.push(await texts(connect(path)))
    expect(seen).toEqual([['1'], ['3'], ['2'], ['1']])
    await expect(connect('/c').opened).rejects.toThrow(
      /404.*nothing is recorded for \/c; there is \/a, \/b/,
    )
  })

  test('speaks the subprotocol of the recording, with those who offer it', async () => {
    const { connect } = playing([recorded([close({ direction: 'out' })], { protocol: 'chat' })])
    expect((await connect('/', 'chat').opened).protocol).toBe('chat')
    await expect(connect().opened).rejects.toThrow(/400.*recorded with the subprotocol 'chat'/)
  })

  test.each([
    ['a connection that was lost', close({ code: 1006 }), 1006],
    ['an empty Close', close({ direction: 'out', code: 1005 }), 1005],
  ])('ends as %s', async (_, entry, code) => {
    const { connect } = playing([recorded([entry])])
    expect((await connect().closed).code).toBe(code)
  })
})
