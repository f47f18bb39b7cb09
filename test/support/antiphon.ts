import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Transcript } from './transcript.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The built command as a process. */
export class Antiphon implements AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams
  readonly output: Transcript
  readonly errors: Transcript
  /** Resolves with the exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>

  constructor(...args: readonly string[]) {
    if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is not there: run `npm run build`')
    this.process = spawn(process.execPath, [MAIN, ...args])
    this.output = new Transcript(this.process.stdout)
    this.errors = new Transcript(this.process.stderr)
    this.exited = once(this.process, 'close').then(([code]) => code)
  }

  /** `antiphon echo` on a free port, once it listens. */
  static async echo(...args: readonly string[]): Promise<Antiphon & { readonly url: string }> {
    const antiphon = new Antiphon('echo', '--port', '0', ...args)
    const [, url = ''] = await antiphon.output.until(/^listening on (\S+)\n/)
    return Object.assign(antiphon, { url })
  }

  /** Asks it to stop, and resolves with the exit code. */
  stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal)
    return this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null) await this.stop()
  }
}
