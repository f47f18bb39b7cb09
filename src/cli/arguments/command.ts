import type { Shell } from '../terminal/shell.ts'
import { type Arguments, flag, type Options, readArguments } from './options.ts'
import { type Description, usageOf } from './usage.ts'

/** One command of `antiphon`. */
export interface Command {
  readonly name: string
  /** What it does, in one line. */
  readonly summary: string
  /** Resolves with the exit code. Rejects with a `CommandError`. */
  run(args: readonly string[], shell: Shell): Promise<number>
}

/** A command by its options and what it does with them; it has `--help`, too. */
export function command<const O extends Options>(
  description: Description & { readonly options: O },
  run: (given: Arguments<O>, shell: Shell) => Promise<number>,
): Command {
  const options = { ...description.options, help: HELP }
  return {
    name: description.name,
    summary: description.summary,
    async run(args, shell) {
      if (asksForHelp(args)) {
        shell.stdout.write(usageOf({ ...description, options }))
        return 0
      }
      return run(readArguments(args, options), shell)
    },
  }
}

const HELP = flag('shows this')

/** Before anything else is looked at, so that a mistake beside it does no harm. */
function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h')
}
