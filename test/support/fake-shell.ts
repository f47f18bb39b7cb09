import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Shell } from '../../src/cli/terminal/shell.ts'
import { Transcript } from './transcript.ts'

/** A shell in memory: write to `stdin`, read `output` and `errors`, and `emit('SIGINT')`. */
export class FakeShell extends EventEmitter implements Shell {
  readonly stdin: PassThrough & { isTTY?: boolean } = new PassThrough()
  readonly stdout: PassThrough & { isTTY?: boolean } = new PassThrough()
  readonly stderr: PassThrough & { isTTY?: boolean; columns?: number } = new PassThrough()
  readonly output: Transcript = new Transcript(this.stdout)
  readonly errors: Transcript = new Transcript(this.stderr)

  /** With a person at it, unless told otherwise. */
  static terminal(): FakeShell {
    const shell = new FakeShell()
    shell.stdin.isTTY = true
    shell.stdout.isTTY = true
    return shell
  }
}
