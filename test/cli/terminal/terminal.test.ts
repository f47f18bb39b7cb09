import { describe, expect, test } from 'vitest'
import { openTerminal } from '../../../src/cli/terminal/terminal.ts'
import { FakeShell } from '../../support/fake-shell.ts'

const never = (): void => {
  throw new Error('nobody left')
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('a plain terminal', () => {
  test('reads lines, and prints without a prompt', async () => {
    const shell = new FakeShell()
    const terminal = openTerminal(shell, never)
    shell.stdin.end('a\n\nb')
    expect(await collect(terminal.lines)).toEqual(['a', '', 'b'])
    await terminal.print('c\nd')
    expect(shell.output.text).toBe('c\nd\n')
    expect(terminal.interactive).toBe(false)
  })

  test('keeps notices apart, and escapes them', async () => {
    const shell = new FakeShell()
    openTerminal(shell, never).notice('closed: \u001b[2J\n')
    expect(shell.errors.text).toBe('closed: \\u001b[2J\\n\n')
    expect(shell.output.text).toBe('')
  })

  test('lets the printer wait for a slow reader', async () => {
    const shell = new FakeShell()
    shell.stdout.pause()
    const terminal = openTerminal(shell, never)
    const printed = terminal.print('a'.repeat(shell.stdout.writableHighWaterMark))
    let done = false
    const waited = Promise.resolve(printed).then(() => {
      done = true
    })
    await Promise.resolve()
    expect(printed).toBeInstanceOf(Promise)
    expect(done).toBe(false)
    const listening = (): number[] =>
      ['drain', 'close'].map((event) => shell.stdout.listenerCount(event))
    const [drains = 0, closes = 0] = listening()
    shell.stdout.resume()
    await waited
    expect(listening()).toEqual([drains - 1, closes - 1])
  })

  test('waits for a slow reader with one listener, however much is printed', () => {
    const shell = new FakeShell()
    shell.stdout.pause()
    const terminal = openTerminal(shell, never)
    const printed = ['a', 'b'].map((text) =>
      terminal.print(text.repeat(shell.stdout.writableHighWaterMark)),
    )
    expect(printed[0]).toBeInstanceOf(Promise)
    expect(printed[1]).toBe(printed[0])
  })

  test('does not wait for a reader that is gone', async () => {
    const shell = new FakeShell()
    shell.stdout.pause()
    const terminal = openTerminal(shell, never)
    const printed = terminal.print('a'.repeat(shell.stdout.writableHighWaterMark))
    shell.stdout.destroy()
    await printed
    await terminal.print('b')
  })

  test('is left once when nobody reads it any more', async () => {
    const shell = new FakeShell()
    let left = 0
    shell.stdout.on('error', () => {})
    openTerminal(shell, () => left++)
    shell.stdout.emit('error', new Error('EPIPE'))
    shell.stdout.emit('error', new Error('EPIPE'))
    expect(left).toBe(1)
  })

  test('knows a person whose output goes elsewhere', () => {
    const shell = FakeShell.terminal()
    shell.stdout.isTTY = false
    expect(openTerminal(shell, never).interactive).toBe(true)
    expect(shell.output.text).toBe('')
  })

  test('knows a person who only reads', () => {
    const shell = FakeShell.terminal()
    shell.stdin.isTTY = false
    expect(openTerminal(shell, never).interactive).toBe(false)
    expect(shell.output.text).toBe('')
  })

  test('can be closed while lines are awaited', async () => {
    const shell = new FakeShell()
    const terminal = openTerminal(shell, never)
    const lines = collect(terminal.lines)
    terminal.close()
    await expect(lines).rejects.toThrow('Premature close')
  })
})

describe('a terminal with a person at it', () => {
  test('reads what is typed after a prompt', async () => {
    const shell = FakeShell.terminal()
    const terminal = openTerminal(shell, never)
    const lines = collect(terminal.lines)
    await shell.output.until(/> /)
    shell.stdin.write('hellp\u007fo\r\r')
    shell.stdin.write('\u0004')
    expect(await lines).toEqual(['hello', ''])
    expect(shell.output.text.match(/\r\n[^\r]*> /g)).toHaveLength(2)
    expect(shell.output.text.endsWith('\n')).toBe(true)
  })

  test('prints above what is being typed', async () => {
    const shell = FakeShell.terminal()
    const terminal = openTerminal(shell, never)
    const lines = collect(terminal.lines)
    await shell.output.until(/> /)
    shell.stdin.write('hal')
    await shell.output.until(/hal/)
    const before = shell.output.text.length
    await terminal.print('news')
    const clear = '\u001b[1G\u001b[0J'
    expect(shell.output.text.slice(before)).toContain(`${clear}news\n${clear}> hal`)
    shell.stdin.write('f\r\u0004')
    expect(await lines).toEqual(['half'])
  })

  test('prints above what is typed on several lines, and leaves the cursor where it is', async () => {
    const shell = FakeShell.terminal()
    Object.assign(shell.stdout, { columns: 10 })
    const terminal = openTerminal(shell, never)
    const lines = collect(terminal.lines)
    shell.stdin.write(`${'a'.repeat(25)}\u001b[D`)
    await shell.output.until(/a{3}/)
    const before = shell.output.text.length
    await terminal.print('news')
    expect(shell.output.text.slice(before)).toContain('\u001b[2A\u001b[1G\u001b[0Jnews\n')
    for (const key of ['b', '\r', '\u0004']) shell.stdin.write(key)
    expect(await lines).toEqual([`${'a'.repeat(24)}ba`])
  })

  test('lets the printer wait for a slow reader', async () => {
    const shell = FakeShell.terminal()
    const terminal = openTerminal(shell, never)
    shell.stdout.pause()
    const printed = terminal.print('a'.repeat(shell.stdout.writableHighWaterMark))
    expect(printed).toBeInstanceOf(Promise)
    shell.stdout.resume()
    await printed
  })

  test('is left with Ctrl-C', async () => {
    const shell = FakeShell.terminal()
    const left = new Promise<void>((resolve) => {
      const terminal = openTerminal(shell, resolve)
      void collect(terminal.lines)
    })
    shell.stdin.write('\u0003')
    await left
  })

  test('can be closed, and still prints', async () => {
    const shell = FakeShell.terminal()
    const terminal = openTerminal(shell, never)
    const lines = collect(terminal.lines)
    terminal.close()
    expect(await lines).toEqual([])
    expect(shell.stdin.destroyed).toBe(true)
    const before = shell.output.text.length
    terminal.notice('closed')
    await terminal.print('last')
    expect(shell.output.text.slice(before)).toBe('last\n')
    expect(shell.errors.text).toBe('closed\n')
  })
})
