import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ConversationOptions, converse } from '../../src/cli/conversation.ts'
import { linesOf } from '../../src/cli/lines.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

const echo: WsConsumer = (socket) => socket.onMessage((message) => socket.send(message))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

interface Talk {
  readonly input: PassThrough
  readonly printed: string[]
  readonly notices: string[]
  readonly socket: Websocket
  readonly record: Promise<CloseRecord>
  /** What became of the input. */
  readonly closed: () => boolean
}

interface TalkOptions extends Partial<ConversationOptions> {
  /** As readline does it: the lines of a terminal that is closed are at their end. */
  readonly endsQuietly?: boolean
}

async function talk(consumer: WsConsumer, options: TalkOptions = {}): Promise<Talk> {
  const input = new PassThrough()
  const printed: string[] = []
  const notices: string[] = []
  const terminal: Terminal = {
    interactive: false,
    lines: linesOf(input),
    print: (text) => void printed.push(text),
    notice: (line) => void notices.push(line),
    close: () => void (options.endsQuietly === true ? input.end() : input.destroy()),
  }
  const socket = await testWsClient(() => consumer).opened
  const record = converse(socket, terminal, { json: false, patience: 1_000, ...options })
  return { input, printed, notices, socket, record, closed: () => input.destroyed }
}

/** Until what was written has been read. */
function turn(): Promise<void> {
  return new Promise(setImmediate)
}

describe('a conversation', () => {
  test('sends lines, an empty one too, and prints the answers', async () => {
    const { input, printed, record } = await talk(echo)
    input.end('a\n\nb\n')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await record).toMatchObject({ initiator: 'local', clean: true, reason: { code: 1000 } })
    expect(printed).toEqual(['a', '', 'b'])
  })

  test('waits for answers after the input has ended, as long as they keep coming', async () => {
    const { input, printed, socket } = await talk((server) => {
      for (const delay of [900, 1_800, 2_700]) setTimeout(() => server.send(`${delay}`), delay)
    })
    input.end()
    await vi.advanceTimersByTimeAsync(3_600)
    expect(printed).toEqual(['900', '1800', '2700'])
    expect(socket.state).toBe('open')
    await vi.advanceTimersByTimeAsync(100)
    expect(socket.state).not.toBe('open')
  })

  test('waits forever when told to', async () => {
    const { input, socket, record } = await talk(
      (server) => void setTimeout(() => server.close(), 10_000_000),
      { patience: Infinity },
    )
    input.end('a\n')
    await vi.advanceTimersByTimeAsync(9_999_999)
    expect(socket.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(await record).toMatchObject({ initiator: 'remote' })
  })

  test('ends when the server closes, and reads no more', async () => {
    const { record, closed, notices } = await talk((server) => server.close(WsStatus.GOING_AWAY))
    expect(await record).toMatchObject({ initiator: 'remote', reason: { code: 1001 }, clean: true })
    expect(closed()).toBe(true)
    await turn()
    expect(notices).toEqual([])
  })

  test.each([true, false])('waits for nothing once it is over', async (inputEndedBefore) => {
    const closesLater: WsConsumer = (server) => void setTimeout(() => server.close(), 500)
    const { input, record } = await talk(closesLater, { endsQuietly: true })
    if (inputEndedBefore) input.end()
    await vi.advanceTimersByTimeAsync(500)
    await record
    await turn()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends no more lines until a slow reader has caught up', async () => {
    const { input, socket } = await talk(echo)
    const send = vi.spyOn(socket, 'send').mockReturnValueOnce(false)
    let drain: () => void = () => {}
    vi.spyOn(socket, 'drained').mockReturnValue(new Promise((resolve) => (drain = resolve)))
    input.write('a\nb\n')
    await turn()
    expect(send.mock.calls).toEqual([['a']])
    drain()
    await turn()
    expect(send.mock.calls).toEqual([['a'], ['b']])
  })

  test('waits for answers from when all lines are on their way', async () => {
    const { input, socket } = await talk(echo)
    let flush: () => void = () => {}
    const flushed = new Promise<void>((resolve) => (flush = resolve))
    Object.assign(socket.link, { flush: () => flushed })
    input.end('a\n')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(socket.state).toBe('open')
    flush()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket.state).not.toBe('open')
  })

  test('lays out JSON when asked', async () => {
    const { input, printed } = await talk(echo, { json: true })
    input.write('[1]\n')
    await vi.waitFor(() => expect(printed).toEqual(['[\n  1\n]']))
  })

  test('says what is wrong with the input, and closes', async () => {
    const { input, notices, record } = await talk(echo)
    input.write(Uint8Array.of(0xff, 0x0a))
    expect(await record).toMatchObject({ initiator: 'local', reason: { code: 1000 } })
    expect(notices).toEqual(['the input is not UTF-8, which text messages must be'])
  })
})
