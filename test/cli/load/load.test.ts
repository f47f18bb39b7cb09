import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { LoadReport } from '../../../src/cli/load/report.ts'
import { run } from '../../../src/cli/run.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { WsStatus } from '../../../src/websocket/ws-status.ts'
import { FakeShell } from '../../support/fake-shell.ts'
import { echoing, serving } from '../../support/load-rig.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function server(handler: WsHandler): Promise<string> {
  const running = await serving(handler)
  cleanups.push(() => running[Symbol.asyncDispose]())
  return running.url
}

function loading(...args: readonly string[]): {
  readonly shell: FakeShell
  readonly code: Promise<number>
} {
  const shell = new FakeShell()
  return { shell, code: run(['load', ...args], shell) }
}

async function reportOn(...args: readonly string[]): Promise<LoadReport> {
  const { shell, code } = loading(...args, '--json')
  await code
  return JSON.parse(shell.output.text)
}

describe('antiphon load', () => {
  test('reports what came of it', async () => {
    const { shell, code } = loading(await server(echoing), '--messages', '5')
    expect(await code).toBe(0)
    expect(shell.output.text).toMatch(
      /^opened {6}10 of 10 in .*\n {12}p50 .*\nsending .*\nsent {8}50 messages .*, 1\.6 kB\nreceived {4}50 messages .*\nanswered .*\n(?:note .*\n)?closed {6}10 with 1000\n(?:note .*\n)?$/,
    )
    expect(shell.errors.text).toBe('')
    expect(shell.listenerCount('SIGINT')).toBe(0)
  })

  test('prints JSON that cannot steer a terminal, whatever a server says', async () => {
    const reason = '\u009b2J\u001b[2J\u202e'
    const rude: WsHandler = () => (socket) => socket.close(WsStatus.REFUSE.description(reason))
    const { shell, code } = loading(await server(rude), '--connections', '1', '--json')
    expect(await code).toBe(1)
    expect(shell.output.text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u)
    const { connections }: LoadReport = JSON.parse(shell.output.text)
    expect(connections.ended).toEqual([{ kind: '1003', count: 1, example: reason }])
  })

  test('takes all of its numbers from the options', async () => {
    const url = await server(echoing)
    const report = await reportOn(
      url,
      '--connections',
      '3',
      '--rate',
      '500',
      '--messages',
      '4',
      '--message-rate',
      '250',
      '--size',
      '100',
      '--duration',
      '30s',
      '--wait',
      '5s',
      '--binary',
      '--deflate',
    )
    expect(report).toMatchObject({
      bytes: 100,
      connections: { asked: 3, opened: 3 },
      messages: { sent: 12, received: 12, bytesSent: 1_200, bytesReceived: 1_200, unanswered: 0 },
    })
    expect(report.messages.lateness).toMatchObject({ count: 12 })
  })

  test('sends what it is given, or what is in a file, as text or as bytes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
    cleanups.push(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'message')
    writeFileSync(path, 'from a file')
    const seen: [string, string][] = []
    const url = await server(() => (socket) => {
      socket.onMessage((message) => {
        seen.push([message.mode, message.text()])
        socket.send(message)
      })
    })
    const once = [url, '--connections', '1', '--messages', '1']
    await loading(...once, '--message', 'wörld').code
    await loading(...once, '--message', `@${path}`, '--binary').code
    expect(seen).toEqual([
      ['text', 'wörld'],
      ['binary', 'from a file'],
    ])
  })

  test('sends headers, as connect does', async () => {
    let seen: string | null = null
    const url = await server((request) => {
      seen = request.header('x-user')
      return echoing(request)
    })
    await loading(url, '--connections', '1', '--messages', '1', '--header', 'X-User: ann').code
    expect(seen).toBe('ann')
  })

  test('gives no times if more comes than was sent', async () => {
    const url = await server(() => (socket) => {
      socket.onMessage((message) => {
        socket.send(message)
        socket.send(message)
      })
    })
    const report = await reportOn(url, '--messages', '5', '--connections', '1')
    expect(report.messages.latency).toBeNull()
    expect(report.notes).toContainEqual(expect.stringMatching(/^no times of answers: /))
  })

  test('fails when connections are refused', async () => {
    const { shell, code } = loading(await server(() => new Response('full', { status: 503 })))
    expect(await code).toBe(1)
    expect(shell.output.text).toMatch(/^opened {6}0 of 10 .*\nrefused {5}10 with 503: .*: full\n$/)
  })

  test('fails when connections end early', async () => {
    const url = await server(() => (socket) => socket.onMessage(() => socket.terminate()))
    const { shell, code } = loading(url, '--duration', '10s')
    expect(await code).toBe(1)
    expect(shell.output.text).toMatch(/\nended {7}10 with lost/)
  })

  test('ends early when asked to, with a report', async () => {
    const shell = new FakeShell()
    const url = await server(() => (socket) => {
      socket.onMessage((message) => {
        socket.send(message)
        shell.emit('SIGINT')
      })
    })
    const code = await run(['load', url, '--duration', '1h', '--json'], shell)
    expect(code).toBe(0)
    expect(JSON.parse(shell.output.text)).toMatchObject({
      interrupted: true,
      messages: { unanswered: 0 },
    })
  })

  test.each([
    [['--depth', '2', '--message-rate', '3'], /both say when to send/],
    [['--size', '2', '--message', 'a'], /both say what to send/],
    [['--rate', '0'], /--rate is '0': it must be a number above 0/],
    [['--message', '@no-such-file'], /^antiphon load: cannot read 'no-such-file': /],
  ])('says what is wrong with %j', async (args, message) => {
    const { shell, code } = loading('ws://127.0.0.1:1/', ...args)
    expect(await code).toBe(2)
    expect(shell.errors.text).toMatch(message)
  })

  test('needs a URL, and one that is', async () => {
    expect(await loading().code).toBe(2)
    const { shell, code } = loading('nowhere')
    expect(await code).toBe(2)
    expect(shell.errors.text).toMatch(/^antiphon load: 'nowhere' is not an absolute URL/)
  })
})
