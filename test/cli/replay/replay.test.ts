import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../../src/cli/run.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { FakeShell } from '../../support/fake-shell.ts'
import { echoing, serving } from '../../support/load-rig.ts'

let path: string

/** What came of a command, and what it said. */
async function antiphon(...args: readonly string[]): Promise<{ code: number; shell: FakeShell }> {
  const shell = new FakeShell()
  shell.stdin.end()
  return { code: await run(args, shell), shell }
}

beforeAll(async () => {
  path = join(mkdtempSync(join(tmpdir(), 'antiphon-')), 'recording')
  await using server = await serving(echoing)
  const talk = ['--message', 'a', '--message', 'b', '--count', '2', '--record', path]
  await antiphon('connect', `${server.url}/room`, ...talk)
})
afterAll(() => rmSync(join(path, '..'), { recursive: true }))

describe('antiphon replay', () => {
  test('finds that a server answers as it did', async () => {
    await using server = await serving(echoing)
    const { code, shell } = await antiphon('replay', path, server.url)
    expect(code).toBe(0)
    expect(shell.output.text).toBe('')
    expect(shell.errors.text).toBe('6 entries replayed: 0 differences\n')
    expect(shell.listenerCount('SIGINT')).toBe(0)
  })

  test('shows where a server answers otherwise', async () => {
    const loud: WsHandler = () => (socket) =>
      socket.onMessage((message) => socket.send(message.text().replace('b', 'B')))
    await using server = await serving(loud)
    const { code, shell } = await antiphon('replay', path, server.url, '--fast')
    expect(code).toBe(1)
    expect(shell.output.text).toMatch(
      /^connection 1, .* s\n {2}recorded: text b\n {2}replayed: text B\n$/,
    )
    expect(shell.errors.text).toBe('6 entries replayed: 1 difference\n')
  })

  test('plays the server, and stops when it is told to', async () => {
    const shell = new FakeShell()
    const code = run(['replay', path, '--port', '0', '--fast'], shell)
    const [, url = ''] = await shell.output.until(/^listening on (\S+)\n$/)
    expect(url).toMatch(/\/room$/)
    const client = await antiphon(
      'connect',
      url,
      '--message',
      'a',
      '--message',
      'x',
      '--count',
      '2',
    )
    expect(client.code).toBe(0)
    expect(client.shell.output.text).toBe('a\nb\n')
    expect(shell.errors.text).toBe('connection 1: recorded was text b, and text x came\n')
    shell.emit('SIGINT')
    expect(await code).toBe(0)
  })

  test('stops when it is told to, and says so', async () => {
    const shell = new FakeShell()
    await using server = await serving(
      () => (socket) => socket.onMessage(() => shell.emit('SIGINT')),
    )
    expect(await run(['replay', path, server.url, '--fast'], shell)).toBe(1)
    expect(shell.errors.text).toBe('6 entries replayed: 0 differences, stopped before the end\n')
  })

  test.each([
    [[], /no file: give one/],
    [['a'], /give a URL, to play the clients to, or --port, to play the server/],
    [['a', 'ws://b', '--port', '1'], /give a URL, .* or --port/],
    [['a', 'ws://b', '--hostname', 'c'], /with a URL, it is the client: leave out --hostname$/m],
    [['a', '--port', '0', '--header', 'A: b'], /it is the server: leave out --header$/m],
    [['a', '--port', '0', '--insecure'], /it is the server: leave out --insecure$/m],
    [['a', 'ws://b', 'c'], /takes one file and one URL/],
    [['no-such-file', 'ws://b'], /cannot read 'no-such-file'/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, shell } = await antiphon('replay', ...args)
    expect(code).toBe(2)
    expect(shell.errors.text).toMatch(message)
  })

  test('takes what is no URL for a mistake', async () => {
    const { code, shell } = await antiphon('replay', path, 'nowhere')
    expect(code).toBe(2)
    expect(shell.errors.text).toMatch(/^antiphon replay: 'nowhere' is not an absolute URL/)
  })
})
