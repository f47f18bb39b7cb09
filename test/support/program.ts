import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Transcript } from './transcript.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const PROGRAMS = fileURLToPath(new URL('../peers/faults/programs/', import.meta.url))

/** A program of the system, and what it says. Disposing it kills it. */
export class Program implements AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams
  readonly output: Transcript
  readonly errors: Transcript
  /** Resolves with the exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>

  constructor(command: readonly string[]) {
    const [file = '', ...args] = command
    this.process = spawn(file, args)
    this.output = new Transcript(this.process.stdout)
    this.errors = new Transcript(this.process.stderr)
    this.exited = once(this.process, 'close').then(([code]) => code)
  }

  /** Resolves with what the pattern holds of the output. Rejects with all that was said when it ends before. */
  async says(pattern: RegExp): Promise<string> {
    try {
      const [, held = ''] = await this.output.until(pattern)
      return held
    } catch (cause) {
      throw new Error(`the program ended: ${this.errors.text}`, { cause })
    }
  }

  /** Asks it to stop, and resolves with the exit code. */
  stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal)
    return this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

/** The command line of the built `antiphon`. Throws when it is not built. */
export function antiphon(...args: readonly string[]): readonly string[] {
  if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is not there: run `npm run build`')
  return [process.execPath, MAIN, ...args]
}

/** The command line of a program of the tests with peers, which uses the built package. */
export function testProgram(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, `${PROGRAMS}${name}`, ...args]
}

/** The command line for a process that may have so many files open, and no more. */
export function withOpenFiles(count: number, command: readonly string[]): readonly string[] {
  return ['sh', '-c', `ulimit -n ${count} && exec "$@"`, 'sh', ...command]
}

/** `antiphon echo`, once it listens, and its URL. */
export async function echoing(
  command: readonly string[] = antiphon('echo'),
): Promise<Program & { readonly url: string }> {
  const program = new Program(command)
  const url = await program.says(/^listening on (\S+)\n/)
  return Object.assign(program, { url })
}
