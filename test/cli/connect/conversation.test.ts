import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ConversationOptions, converse } from '../../../src/cli/connect/conversation.ts'
import { inputOf } from '../../../src/cli/terminal/input.ts'
import { linesOf } from '../../../src/cli/terminal/lines.ts'
import type { Terminal } from '../../../src/cli/terminal/terminal.ts'
import type { CloseRecord } from '../../../src/protocol/close/close-record.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import type { DefaultWebSocketSession } from '../../../src/session/session.ts'
import { testSessionClient } from '../../../src/testing/index.ts'
import type { WsConsumer } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'

const echo: WsConsumer = (socket) => socket.onMessage((message) => socket.send(message))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const PLAIN: ConversationOptions = {
  first: [],
  binary: false,
  slash: false,
  json: false,
  raw: false,
  patience: 1_000,
  onInputEnd() {},
  onShown: () => true,
}

interface Talk {
  readonly input: PassThrough
  readonly printed: string[]
  readonly notices: string[]
  readonly session: DefaultWebSocketSession
  readonly record: Promise<CloseRecord>
  /** Goes on with another server. */
  again(consumer: WsConsumer): Promise<CloseRecord>
}

interface Rigging {
  /** What printing waits for. */
  readonly print?: Promise<void>
  readonly prepare?: (session: DefaultWebSocketSession) => unknown
}

async function talk(
  consumer: WsConsumer,
  options: Partial<ConversationOptions> = {},
  { print, prepare = () => {} }: Rigging = {},
): Promise<Talk> {
  const input = new PassThrough()
  const printed: string[] = []
  const notices: string[] = []
  const terminal: Terminal = {
    interactive: false,
    lines: linesOf(input),
    print(content) {
      printed.push(String(content))
      return print
    },
    notice: (line) => void notices.push(line),
    close() {},
  }
  const open = (consumer: WsConsumer): Promise<DefaultWebSocketSession> =>
    testSessionClient(() => consumer).webSocketSession('ws://test/')
  const lines = inputOf(terminal.lines)
  const conversed = (session: DefaultWebSocketSession): Promise<CloseRecord> =>
    converse(session, lines, terminal, { ...PLAIN, ...options })
  const session = await open(consumer)
  prepare(session)
  return {
    input,
    printed,
    notices,
    session,
    record: conversed(session),
    again: async (consumer) => conversed(await open(consumer)),
  }
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
    const { input, printed, session } = await talk((server) => {
      for (const delay of [900, 1_800, 2_700]) setTimeout(() => server.send(`${delay}`), delay)
    })
    input.end()
    await vi.advanceTimersByTimeAsync(3_600)
    expect(printed).toEqual(['900', '1800', '2700'])
    expect(session.outgoing.isClosedForSend).toBe(false)
    await vi.advanceTimersByTimeAsync(100)
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  test('waits forever when told to', async () => {
    const { input, session, record } = await talk(
      (server) => void setTimeout(() => server.close(), 10_000_000),
      { patience: Infinity },
    )
    input.end('a\n')
    await vi.advanceTimersByTimeAsync(9_999_999)
    expect(session.outgoing.isClosedForSend).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await record).toMatchObject({ initiator: 'remote' })
  })

  test('ends when the server closes', async () => {
    const { record, notices } = await talk((server) => server.close(WsStatus.GOING_AWAY))
    expect(await record).toMatchObject({ initiator: 'remote', reason: { code: 1001 }, clean: true })
    await turn()
    expect(notices).toEqual([])
  })

  test('ends with a session that fails, and its record says why', async () => {
    const { input, session, record } = await talk(echo)
    session.maxFrameSize = 1
    input.write('too large\n')
    expect(await record).toMatchObject({
      reason: { code: 1009 },
      cause: { name: 'FrameTooBigException' },
    })
  })

  test.each([true, false])('waits for nothing once it is over', async (inputEndedBefore) => {
    const closesLater: WsConsumer = (server) => void setTimeout(() => server.close(), 500)
    const { input, record } = await talk(closesLater)
    if (inputEndedBefore) input.end()
    await vi.advanceTimersByTimeAsync(500)
    await record
    input.end()
    await turn()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('sends no more lines until a slow reader has caught up', async () => {
    const { input, session } = await talk(echo)
    let drain: () => void = () => {}
    const send = vi
      .spyOn(session, 'send')
      .mockReturnValueOnce(new Promise((resolve) => (drain = resolve)))
    input.write('a\nb\n')
    await turn()
    expect(send.mock.calls).toEqual([['a']])
    drain()
    await turn()
    expect(send.mock.calls).toEqual([['a'], ['b']])
  })

  test('waits for answers from when all lines are on their way', async () => {
    const { input, session } = await talk(echo)
    let flush: () => void = () => {}
    vi.spyOn(session, 'flush').mockReturnValue(new Promise((resolve) => (flush = resolve)))
    input.end('a\n')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(session.outgoing.isClosedForSend).toBe(false)
    flush()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  test('leaves a line for the next session that can no longer be sent in its own', async () => {
    const { input, printed, record, again } = await talk((server) => {
      server.onMessage(() => server.terminate())
    })
    input.write('a\n')
    expect(await record).toMatchObject({ reason: { code: 1006 } })
    input.write('b\nc\n')
    await turn()
    const next = again(echo)
    await turn()
    input.end('d')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await next).toMatchObject({ reason: { code: 1000 } })
    expect(printed).toEqual(['b', 'c', 'd'])
  })

  test('tells of the end of the input, even when its session has ended', async () => {
    const onInputEnd = vi.fn()
    const { input, record } = await talk((server) => server.terminate(), { onInputEnd })
    await record
    expect(onInputEnd).not.toHaveBeenCalled()
    input.end()
    await turn()
    expect(onInputEnd.mock.calls).toEqual([[]])
  })

  test('hears signals while frames pour in', async () => {
    const most = 5_000
    async function* flood(): AsyncGenerator<Frame, undefined> {
      for (let i = 0; i < most; i++) yield new Frame.Ping()
      return undefined
    }
    const { notices } = await talk(
      echo,
      {},
      {
        prepare: ({ incoming }) =>
          vi.spyOn(incoming, Symbol.asyncIterator).mockImplementation(flood),
      },
    )
    await turn()
    expect(notices.length).toBeLessThan(most)
    await vi.waitFor(() => expect(notices).toHaveLength(most))
  })

  test('ends with its session, even if nobody reads what it prints', async () => {
    const forever = new Promise<void>(() => {})
    const { printed, record } = await talk(
      (server) => {
        server.send('a')
        server.send('b')
        server.terminate()
      },
      {},
      { print: forever },
    )
    expect(await record).toMatchObject({ initiator: 'transport' })
    expect(printed).toEqual(['a', 'b'])
  })

  test('takes no slow reader for a quiet server', async () => {
    let drain = (): void => {}
    const print = new Promise<void>((resolve) => (drain = resolve))
    const { input, printed, session } = await talk(
      (server) => {
        server.send('a')
        server.send('b')
      },
      {},
      { print },
    )
    input.end()
    await turn()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(printed).toEqual(['a'])
    expect(session.outgoing.isClosedForSend).toBe(false)
    drain()
    await vi.advanceTimersByTimeAsync(999)
    expect(printed).toEqual(['a', 'b'])
    expect(session.outgoing.isClosedForSend).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(session.outgoing.isClosedForSend).toBe(true)
  })

  test('lays out JSON when asked', async () => {
    const { input, printed } = await talk(echo, { json: true })
    input.write('[1]\n')
    await vi.waitFor(() => expect(printed).toEqual(['[\n  1\n]']))
  })

  test('tells what is wrong with the input, and closes', async () => {
    const onInputEnd = vi.fn()
    const { input, record } = await talk(echo, { onInputEnd })
    input.write(Uint8Array.of(0xff, 0x0a))
    expect(await record).toMatchObject({ initiator: 'local', reason: { code: 1000 } })
    expect(onInputEnd.mock.calls).toEqual([
      [expect.objectContaining({ message: expect.stringMatching(/^the input is not UTF-8/) })],
    ])
  })
})
