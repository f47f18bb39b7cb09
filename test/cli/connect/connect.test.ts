import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { run } from '../../../src/cli/run.ts'
import { node } from '../../../src/node/index.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { serve } from '../../../src/serving/engine.ts'
import { readCassette, replay } from '../../../src/testing/index.ts'
import { accept } from '../../../src/websocket/accept.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { FakeShell } from '../../support/fake-shell.ts'
import { startWsServer } from '../../support/peers/ws-server.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function serving(handler: WsHandler<FrameSocket>): Promise<string> {
  const server = await serve(handler, node({ webSockets: { origin: 'any' } }))
  cleanups.push(() => server.stop({ drain: 0 }))
  return server.url.replace('http', 'ws')
}

const echoing: WsHandler = () => (socket) => socket.onMessage((message) => socket.send(message))

/** A server that takes connections, and says nothing. */
async function silent(): Promise<{ readonly url: string; readonly server: TcpServer }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return { url: `ws://127.0.0.1:${port}/`, server }
}

interface Session {
  readonly shell: FakeShell
  readonly code: Promise<number>
}

function connecting(url: string, ...args: readonly string[]): Session {
  const shell = new FakeShell()
  return { shell, code: run(['connect', url, ...args], shell) }
}

/** A second time, and not the same one twice. */
function later(shell: FakeShell, signal: 'SIGINT' | 'SIGTERM'): void {
  const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 1_000)
  shell.emit(signal)
  now.mockRestore()
}

describe('antiphon connect', () => {
  test('sends lines, prints messages, and tells of the connection apart', async () => {
    const url = await serving(echoing)
    const { shell, code } = connecting(url, '--wait', 'forever')
    shell.stdin.write('hello\n\nwörld\n')
    await shell.output.until(/^hello\n\nwörld\n$/)
    shell.emit('SIGINT')
    expect(await code).toBe(0)
    expect(shell.listenerCount('SIGINT')).toBe(0)
    expect(shell.errors.text).toBe(
      `connected to ${url}/\nclosed by this side, sent 1000, received 1000\n`,
    )
  })

  test('ends by itself after the input has, once it is quiet', async () => {
    const { shell, code } = connecting(await serving(echoing), '--wait', '50')
    shell.stdin.end('a\nb')
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('a\nb\n')
  })

  test('takes 0 for no Pings, and for no wait', async () => {
    const { shell, code } = connecting(await serving(echoing), '--ping', '0', '--wait', '0')
    shell.stdin.end()
    expect(await code).toBe(0)
  })

  test('escapes what could steer the terminal, in messages and in reasons', async () => {
    const url = await serving(() => (socket) => {
      socket.send('\u001b]0;title\u0007\u202etxt')
      socket.close(new CloseReason(4000, '\u001b[2J'))
    })
    const { shell, code } = connecting(url)
    expect(await code).toBe(1)
    expect(shell.output.text).toBe('\\u001b]0;title\\u0007\\u202etxt\n')
    expect(shell.errors.text).toContain(
      "closed by the server, sent 4000 '\\u001b[2J', received 4000 '\\u001b[2J'\n",
    )
  })

  test('shows bytes as a hex dump', async () => {
    const url = await serving(() => (socket) => {
      socket.send(Uint8Array.of(1, 0x41))
      socket.close()
    })
    const { shell, code } = connecting(url)
    expect(await code).toBe(0)
    expect(shell.output.text).toMatch(/^binary, 2 bytes\n00000000 {2}01 41 +\|\.A\|\n$/)
  })

  test('lays out JSON', async () => {
    const { shell, code } = connecting(await serving(echoing), '--json', '--wait', '50')
    shell.stdin.end('{"a":[1]}\nb\n')
    await code
    expect(shell.output.text).toBe('{\n  "a": [\n    1\n  ]\n}\nb\n')
  })

  test('sends headers, an origin and subprotocols, and says which was chosen', async () => {
    const url = await serving((request) => {
      const told = ['x-user', 'origin', 'authorization', 'sec-websocket-protocol'].map((name) =>
        request.header(name),
      )
      return accept(
        (socket) => {
          socket.send(told.join('; '))
          socket.close()
        },
        { protocol: 'b' },
      )
    })
    const { shell, code } = connecting(
      url.replace('ws://', 'ws://ann:secret@'),
      '--header',
      'X-User: ann',
      '--header',
      'X-User: bob',
      '--origin',
      'https://a.example',
      '--protocol',
      'a',
      '--protocol',
      'b',
    )
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('ann, bob; https://a.example; Basic YW5uOnNlY3JldA==; a, b\n')
    expect(shell.errors.text).toContain(`connected to ${url}/, subprotocol 'b'\n`)
    expect(shell.errors.text).not.toContain('secret')
  })

  test.each([
    [WsStatus.NORMAL, 0],
    [WsStatus.GOING_AWAY, 0],
    [WsStatus.UNEXPECTED_CONDITION, 1],
  ])('ends with the exit code for %s', async (status, exitCode) => {
    const { code } = connecting(await serving(() => (socket) => socket.close(status)))
    expect(await code).toBe(exitCode)
  })

  test('tells of a lost connection', async () => {
    const { shell, code } = connecting(await serving(() => (socket) => socket.terminate()))
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(
      /\nthe connection was lost, sent no Close frame, received no Close frame: .+\n$/,
    )
  })

  test('closes with 1009 what is larger than its limit', async () => {
    const url = await serving(() => (socket) => void socket.send('12345678901'))
    const { shell, code } = connecting(url, '--max-message-size', '10')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/closed by this side, sent 1009 /)
  })

  test('pings', async () => {
    const url = await serving(() => (socket) => {
      socket.link.onControl?.((frame) => {
        if (frame.type === 'ping') socket.close()
      })
    })
    expect(await connecting(url, '--ping', '1').code).toBe(0)
  })

  test('is cut when asked to leave twice', async () => {
    // Raw frames: nothing answers the Close.
    const url = await serving(() => accept(() => {}, { mode: 'frames' }))
    const { shell, code } = connecting(url)
    await shell.errors.until(/connected/)
    shell.emit('SIGTERM')
    later(shell, 'SIGTERM')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/\nclosed by this side, sent 1000, received no Close frame/)
  })

  test('gives up opening when asked to leave', async () => {
    const { url, server } = await silent()
    const { shell, code } = connecting(url)
    await once(server, 'connection')
    shell.emit('SIGINT')
    expect(await code).toBe(1)
    expect(shell.errors.text).toBe('opening was aborted\n')
  })

  test('closes when nobody reads its output any more', async () => {
    const { shell, code } = connecting(await serving(echoing))
    await shell.errors.until(/connected/)
    shell.stdout.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }))
    expect(await code).toBe(0)
  })

  test('shows the answer when it is no upgrade', async () => {
    const url = await serving(
      () => new Response('members\nonly \u001b[2J\n', { status: 403, headers: { 'X-Why': 'no' } }),
    )
    const { shell, code } = connecting(url)
    expect(await code).toBe(1)
    expect(shell.output.text).toBe('')
    expect(shell.errors.text).toMatch(
      /^cannot connect to \S+: the server answered 403 Forbidden, not 101: members\n {2}HTTP 403\n/,
    )
    expect(shell.errors.text).toMatch(/\n {2}x-why: no\n/)
    expect(shell.errors.text).toMatch(/\n\n {2}members\n {2}only \\u001b\[2J\n$/)
  })

  test('says which option takes a certificate that nobody trusts', async () => {
    const server = await startWsServer(true)
    cleanups.push(() => server.stop())
    const wary = connecting(server.url)
    expect(await wary.code).toBe(1)
    expect(wary.shell.errors.text).toMatch(
      /^cannot connect to wss:\S+: .*certificate.* \(--insecure accepts any certificate\)\n$/,
    )
    const stubborn = connecting(server.url, '--reconnect')
    await stubborn.shell.errors.until(/ \(--insecure accepts any certificate\)\nconnecting again/)
    stubborn.shell.emit('SIGINT')
    await stubborn.code
    const trusting = connecting(server.url, '--insecure', '--wait', '50')
    trusting.shell.stdin.end('hello\n')
    expect(await trusting.code).toBe(0)
    expect(trusting.shell.output.text).toBe('hello\n')
  })

  test('gives up after its timeout', async () => {
    const { url } = await silent()
    const { shell, code } = connecting(url, '--timeout', '20')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/^cannot connect to \S+: no answer within 20 ms .*\n$/)
  })

  test('shows the head of the response', async () => {
    const url = await serving(() => accept((socket) => socket.close(), { headers: { 'X-A': '1' } }))
    const { shell, code } = connecting(url, '--response')
    expect(await code).toBe(0)
    expect(shell.errors.text).toMatch(/^connected to \S+\n {2}HTTP 101\n(?: {2}.+\n)* {2}x-a: 1\n/)
  })

  test('connects again, with what was typed meanwhile', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.2)
    cleanups.push(() => random.mockRestore())
    let connections = 0
    const url = await serving(() => (socket) => {
      const number = ++connections
      socket.onMessage((message) => {
        socket.send(`${number} ${message.text()}`)
        if (number === 1) socket.close(WsStatus.SERVICE_RESTART)
      })
    })
    const { shell, code } = connecting(url, '--reconnect', '--wait', '50')
    shell.stdin.write('a\n')
    await shell.errors.until(/connecting again in 0\.1 s\n/)
    shell.stdin.end('b\nc\n')
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('1 a\n2 b\n2 c\n')
    expect(shell.errors.text.match(/^.+?(?= to|,| in )/gm)).toEqual([
      'connected',
      'closed by the server',
      'connecting again',
      'connected',
      'closed by this side',
    ])
  })

  test('tells why it cannot connect, and goes on until it is asked to leave', async () => {
    const url = await serving(() => new Response('later', { status: 503 }))
    const { shell, code } = connecting(url, '--reconnect')
    await shell.errors.until(/answered 503.*: later\nconnecting again in /)
    shell.emit('SIGINT')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/\nopening was aborted\n$/)
  })

  test.each([
    ['a refusal', () => new Response('no', { status: 401 }), /answered 401/],
    ['1008', () => (socket) => socket.close(WsStatus.POLICY_VALIDATION), /received 1008 .*\n$/],
  ] satisfies [string, WsHandler, RegExp][])(
    'does not connect again after %s',
    async (_, handler, told) => {
      const { shell, code } = connecting(await serving(handler), '--reconnect')
      expect(await code).toBe(1)
      expect(shell.errors.text).toMatch(told)
      expect(shell.errors.text).not.toContain('again')
    },
  )

  test('does not connect again when asked to leave, whatever the server answers', async () => {
    const url = await serving(() => accept(() => {}, { mode: 'frames' }))
    const { shell, code } = connecting(url, '--reconnect')
    await shell.errors.until(/connected/)
    shell.emit('SIGINT')
    later(shell, 'SIGINT')
    expect(await code).toBe(1)
    expect(shell.errors.text).not.toContain('again')
  })

  test.each([
    [WsStatus.GOING_AWAY, 0],
    [WsStatus.SERVICE_RESTART, 1],
  ])('ends with the exit code for %s when asked to leave after it', async (status, exitCode) => {
    const url = await serving(() => (socket) => socket.close(status))
    const { shell, code } = connecting(url, '--reconnect')
    await shell.errors.until(/connecting again/)
    shell.emit('SIGINT')
    expect(await code).toBe(exitCode)
    expect(shell.errors.text).toMatch(/connecting again in \S+ s\n$/)
  })

  test.each([
    ['ended', 'a\n', []],
    ['nothing', '', []],
    ['nothing but a first message', '', ['--message', 'a']],
  ])('does not connect again once all input was sent: %s', async (_, text, args) => {
    const url = await serving(() => (socket) => void setImmediate(() => socket.terminate()))
    const { shell, code } = connecting(url, '--reconnect', ...args)
    shell.stdin.end(text)
    expect(await code).toBe(1)
    expect(shell.errors.text.match(/connected to/g)).toHaveLength(1)
  })

  test('connects again after all input was sent, if it is to wait forever', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    cleanups.push(() => random.mockRestore())
    const url = await serving(() => (socket) => socket.terminate())
    const { shell, code } = connecting(url, '--reconnect', '--wait', 'forever')
    shell.stdin.end()
    await shell.errors.until(/(?:connecting again[\s\S]*){2}/)
    shell.emit('SIGINT')
    expect(await code).toBe(1)
  })

  test('fails when its input cannot be read', async () => {
    const { shell, code } = connecting(await serving(echoing))
    shell.stdin.end(Uint8Array.of(0xff, 0x0a))
    expect(await code).toBe(1)
    expect(shell.errors.text).toContain('\nthe input is not UTF-8')
  })

  test('takes what cannot be sent for a mistake of the caller, with --reconnect too', async () => {
    const { shell, code } = connecting('no URL', '--reconnect')
    expect(await code).toBe(2)
    expect(shell.errors.text).toContain('antiphon connect: ')
    expect(shell.errors.text).not.toContain('again')
  })

  test('lets a person type, and leaves with Ctrl-D', async () => {
    const shell = FakeShell.terminal()
    const code = run(['connect', await serving(echoing)], shell)
    await shell.output.until(/> /)
    shell.stdin.write('hello\r')
    await shell.output.until(/\[0Jhello\n/)
    shell.stdin.write('\u0004')
    expect(await code).toBe(0)
  })

  test('sends messages first, on each connection, and closes when enough have come', async () => {
    const { shell, code } = connecting(
      await serving(echoing),
      '--message',
      'a',
      '--message',
      'b',
      '--count',
      '2',
      '--quiet',
    )
    shell.stdin.end()
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('a\nb\n')
    expect(shell.errors.text).toBe('')
  })

  test('shows no more than it was asked for, however much comes', async () => {
    const url = await serving(() => (socket) => {
      for (let i = 0; i < 100; i++) socket.send(String(i))
    })
    const { shell, code } = connecting(url, '--count', '1', '--reconnect')
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('0\n')
  })

  test('fails when fewer messages come than were to', async () => {
    const url = await serving(() => (socket) => {
      socket.send('a')
      socket.close()
    })
    const { shell, code } = connecting(url, '--count', '3')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/\n2 more messages were to come\n$/)
    const last = connecting(url, '--count', '2', '--quiet')
    await last.code
    expect(last.shell.errors.text).toBe('1 more message was to come\n')
  })

  test('is quiet about all but failures', async () => {
    const url = await serving(() => (socket) => socket.close(WsStatus.UNEXPECTED_CONDITION))
    const { shell, code } = connecting(url, '--quiet')
    expect(await code).toBe(1)
    expect(shell.errors.text).toMatch(/^closed by the server, sent 1011 .*\n$/)
  })

  test('sends bytes, and prints them as they are', async () => {
    const url = await serving(() => (socket) => {
      socket.onMessage((message) => {
        socket.send(message.mode)
        socket.send(message)
      })
    })
    const { shell, code } = connecting(
      url,
      '--binary',
      '--raw',
      '--message',
      'a\u001b',
      '--count',
      '4',
    )
    shell.stdin.end('b\n')
    expect(await code).toBe(0)
    expect(shell.output.text).toBe('binary\na\u001bbinary\nb')
  })

  test('takes lines for commands if it is told to, and shows what comes of them', async () => {
    const { shell, code } = connecting(await serving(echoing), '--slash', '--verbose')
    shell.stdin.write('/ping abc\n')
    await shell.errors.until(/\nreceived Pong 'abc'\n/)
    shell.stdin.write('/pong\n//a\n/close 4001 bye\n')
    expect(await code).toBe(1)
    expect(shell.output.text).toBe('/a\n')
    expect(shell.errors.text).toMatch(/\nthere is no command '\/pong': .*\n/)
    expect(shell.errors.text).toMatch(/\nreceived Close\nclosed by this side, sent 4001 'bye', /)
  })

  test('records both sides as the server would, for each connection', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'antiphon-')), 'recording')
    cleanups.push(() => rmSync(dirname(path), { recursive: true }))
    const url = await serving(echoing)
    for (const text of ['a', 'b']) {
      const args = ['--message', text, '--count', '1', '--header', 'Authorization: Bearer x']
      expect(await connecting(`${url}/room`, '--record', path, ...args).code).toBe(0)
    }
    const entries = readCassette(readFileSync(path, 'utf8'))
    expect(entries.map((entry) => [entry.kind, 'direction' in entry && entry.direction])).toEqual(
      ['a', 'b'].flatMap(() => [
        ['open', false],
        ['message', 'in'],
        ['message', 'out'],
        ['close', 'in'],
      ]),
    )
    expect(await replay(entries, echoing)).toEqual([])
    expect(readFileSync(path, 'utf8')).not.toContain('Bearer x')
  })

  test('fails when it cannot record', async () => {
    const args = ['--record', '/no/such/folder/file', '--message', 'a', '--count', '1']
    const { shell, code } = connecting(await serving(echoing), ...args)
    expect(await code).toBe(1)
    expect(shell.output.text).toBe('a\n')
    expect(shell.errors.text).toMatch(/recording has stopped: ENOENT/)
  })
})
