import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline'
import type { Writable } from 'node:stream'
import type { MaybePromise } from '../../websocket/support/maybe-promise.ts'
import { escapeText } from './escape.ts'
import { linesOf } from './lines.ts'
import type { Shell } from './shell.ts'

/** Where lines come from and messages go. */
export interface Terminal {
  /** True if a person types there, and ends the input on purpose. */
  readonly interactive: boolean
  /** What is to be sent, line by line. */
  readonly lines: AsyncIterable<string>
  /** Shows lines of what was received, or writes bytes as they are; with a promise when that takes its time. */
  print(content: string | Uint8Array): MaybePromise<void>
  /** Shows one line about the connection, escaped. */
  notice(line: string): void
  /** Reads no more lines. */
  close(): void
}

/**
 * The terminal of a shell: with a prompt where a person types and reads, and plain otherwise. `leave` is called when the
 * person wants to go (Ctrl-C), and once nobody reads the output any more.
 */
export function openTerminal(shell: Shell, leave: () => void): Terminal {
  shell.stdout.once('error', leave)
  return shell.stdin.isTTY === true && shell.stdout.isTTY === true
    ? promptTerminal(shell, leave)
    : plainTerminal(shell)
}

function plainTerminal({ stdin, stdout, stderr }: Shell): Terminal {
  return {
    interactive: stdin.isTTY === true,
    lines: linesOf(stdin),
    print: (content) => write(stdout, printed(content)),
    notice: (line) => void stderr.write(`${escapeText(line)}\n`),
    close: () => stdin.destroy(),
  }
}

function promptTerminal({ stdin, stdout, stderr }: Shell, leave: () => void): Terminal {
  const prompt = createInterface({ input: stdin, output: stdout, prompt: '> ' })
  let open = true
  prompt.on('SIGINT', leave)
  prompt.on('line', () => prompt.prompt())
  prompt.prompt()
  prompt.once('close', () => {
    open = false
    stdout.write('\n')
  })
  /** Above the prompt and what has been typed. */
  const above = (output: Writable, text: string | Uint8Array): MaybePromise<void> => {
    if (!open) return write(output, text)
    moveCursor(stdout, 0, -prompt.getCursorPos().rows)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
    const written = write(output, text)
    prompt.prompt(true)
    return written
  }
  return {
    interactive: true,
    lines: prompt,
    print: (content) => above(stdout, printed(content)),
    notice: (line) => void above(stderr, `${escapeText(line)}\n`),
    close() {
      prompt.close()
      stdin.destroy()
    },
  }
}

function printed(content: string | Uint8Array): string | Uint8Array {
  return typeof content === 'string' ? `${content}\n` : content
}

/** Who prints without waiting adds no listeners. */
const WAITING = new WeakMap<Writable, Promise<void>>()

function write(output: Writable, text: string | Uint8Array): MaybePromise<void> {
  if (output.write(text) || output.destroyed) return
  const waiting = WAITING.get(output) ?? untilDrained(output)
  WAITING.set(output, waiting)
  return waiting
}

function untilDrained(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      output.off('drain', settle)
      output.off('close', settle)
      WAITING.delete(output)
      resolve()
    }
    output.on('drain', settle)
    output.on('close', settle)
  })
}
