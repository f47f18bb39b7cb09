import { readFileSync } from 'node:fs'
import { quote } from '../protocol/errors/quote.ts'
import type { Command } from './arguments/command.ts'
import { CommandError } from './arguments/command-error.ts'
import { columns } from './arguments/usage.ts'
import { connectCommand } from './connect/connect.ts'
import { echoCommand } from './echo.ts'
import { loadCommand } from './load/load.ts'
import { replayCommand } from './replay/replay.ts'
import { escapeText } from './terminal/escape.ts'
import type { Shell } from './terminal/shell.ts'

const COMMANDS: readonly Command[] = [echoCommand, connectCommand, loadCommand, replayCommand]

/**
 * Runs `antiphon` with its arguments. Resolves with the exit code: 0 when all went well, 1 for a failure, 2 when it was
 * called wrongly.
 */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  const [name, ...rest] = args
  let lost: Error | undefined
  // A reader that went away is no reason to crash, nor to fail.
  shell.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= error
  })
  shell.stderr.on('error', () => {})
  if (name === undefined || name === '--help' || name === '-h') {
    shell.stdout.write(usage())
    return 0
  }
  if (name === '--version') {
    shell.stdout.write(`${version()}\n`)
    return 0
  }
  const command = COMMANDS.find((each) => each.name === name)
  try {
    if (command === undefined) {
      const names = COMMANDS.map((each) => `'${each.name}'`).join(', ')
      throw new CommandError(2, `there is no command ${quote(name)}: there are ${names}`)
    }
    const exitCode = await command.run(rest, shell)
    // Streams tell it in a turn of their own.
    await new Promise(setImmediate)
    if (lost !== undefined) throw new CommandError(1, `cannot write: ${lost.message}`)
    return exitCode
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const subject = command === undefined ? 'antiphon' : `antiphon ${command.name}`
    shell.stderr.write(`${subject}: ${escapeText(error.message)}\n`)
    return error.exitCode
  }
}

function usage(): string {
  const rows = [
    ...COMMANDS.map(({ name, summary }) => ({ left: name, help: summary })),
    { left: '--version', help: 'prints the version' },
  ]
  return `antiphon <command>\n\nWebSockets from the shell.\n\n${columns(rows)}\nantiphon <command> --help tells more.\n`
}

/** Sources and build are equally deep below the manifest. */
function version(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
