import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { FakeShell } from '../support/fake-shell.ts'

interface Outcome {
  readonly code: number
  readonly output: string
  readonly errors: string
}

async function antiphon(...args: readonly string[]): Promise<Outcome> {
  const shell = new FakeShell()
  const code = await run(args, shell)
  return { code, output: shell.output.text, errors: shell.errors.text }
}

describe('antiphon', () => {
  test.each([[[]], [['--help']], [['-h']]])('with %j lists its commands', async (args) => {
    const { code, output, errors } = await antiphon(...args)
    expect(output).toMatch(/^ {2}echo +serves .*\n {2}connect +sends /m)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  })

  test.each(['echo', 'connect', 'load', 'replay'])('tells all about %s', async (command) => {
    const { code, output, errors } = await antiphon(command, '--help')
    expect(output).toMatch(new RegExp(`^antiphon ${command} `))
    expect(output).toContain('--max-message-size BYTES')
    expect(output).toMatch(/^ {2}--help +shows this$/m)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  })

  test.each([[[]], [['echo']], [['connect']], [['load']], [['replay']]])(
    'fits the help of %j into 80 columns',
    async (command) => {
      const { output } = await antiphon(...command, '--help')
      expect(output.split('\n').filter((line) => line.length > 80)).toEqual([])
    },
  )

  test('tells about a command whatever else is wrong', async () => {
    expect(await antiphon('echo', '--prot', '-h')).toMatchObject({ code: 0, errors: '' })
  })

  test('says its version', async () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    const { version }: { version: string } = JSON.parse(manifest)
    expect(await antiphon('--version')).toEqual({ code: 0, output: `${version}\n`, errors: '' })
  })

  test.each([
    [
      ['ecko'],
      "antiphon: there is no command 'ecko': there are 'echo', 'connect', 'load', 'replay'",
    ],
    [
      ['--prot'],
      "antiphon: there is no command '--prot': there are 'echo', 'connect', 'load', 'replay'",
    ],
    [['echo', 'x'], "antiphon echo: echo takes options only, and not 'x'"],
    [
      ['echo', '--port', 'x'],
      "antiphon echo: --port is 'x': it must be a whole number from 0 to 65535",
    ],
    [['connect'], "antiphon connect: no URL: give one, such as 'ws://127.0.0.1:9000/'"],
    [
      ['connect', 'ws://a', 'ws://b'],
      "antiphon connect: connect takes one URL, and not 'ws://b' beside it",
    ],
    [
      ['connect', 'localhost:9000'],
      "antiphon connect: the URL has the scheme 'localhost:': use ws:, wss:, http: or https:",
    ],
    [
      ['connect', 'ws://a', '--timeout', '0'],
      "antiphon connect: --timeout is '0': it must be a whole number of milliseconds from 1 to 2147483647, or with a unit, such as '30s'",
    ],
    [
      ['connect', 'ws://a', '--header', 'Sec-WebSocket-Key: x'],
      /^antiphon connect: header 'Sec-WebSocket-Key' belongs to the handshake/,
    ],
    [
      ['connect', 'ws://a', '--protocol', 'a', '--protocol', 'a'],
      "antiphon connect: the subprotocol 'a' is given twice: name it once",
    ],
  ])('called with %j says in one line what would be right', async (args, message) => {
    const { code, output, errors } = await antiphon(...args)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toMatch(/^[^\n]+\n$/)
    expect(errors.trimEnd()).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    )
  })

  test('lets no file steer the terminal by what it complains about', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'antiphon-')), 'a\u001b[2J\u009b')
    writeFileSync(path, '\u001b]0;title\u0007\u009b2J\n')
    const { code, errors } = await antiphon('replay', path, 'ws://127.0.0.1:1/')
    rmSync(join(path, '..'), { recursive: true })
    expect(code).toBe(2)
    expect(errors).toMatch(/is not JSON: \\u001b\]0;title\\u0007\\u009b2J\n$/)
    expect(errors.trimEnd()).not.toMatch(/\p{Cc}/u)
  })

  test.each(['stdout', 'stderr'] as const)(
    'does not mind that the reader of its %s went away',
    async (stream) => {
      const shell = new FakeShell()
      await run(['--version'], shell)
      const gone = new Promise((resolve) => shell[stream].once('close', resolve))
      shell[stream].destroy(new Error('EPIPE'))
      await gone
    },
  )

  test('fails when its output cannot be written', async () => {
    const shell = new FakeShell()
    shell.stdout._write = (_chunk, _encoding, done) =>
      done(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
    expect(await run(['echo', '--help'], shell)).toBe(1)
    expect(shell.errors.text).toBe('antiphon echo: cannot write: ENOSPC: no space left\n')
  })

  test('does not make a mistake of its user out of one of its own', async () => {
    const shell = new FakeShell()
    shell.stdout.write = () => {
      throw new RangeError('a mistake')
    }
    await expect(run(['echo', '--help'], shell)).rejects.toThrow(RangeError)
    expect(shell.errors.text).toBe('')
  })
})
