import type { Options } from './options.ts'

/** What the usage of a command is made of. */
export interface Description {
  readonly name: string
  /** What it does, in one line. */
  readonly summary: string
  /** Beside its options. */
  readonly positionals: string
  readonly options: Options
  /** Whole paragraphs below the options, wrapped. */
  readonly notes?: string | undefined
}

/** The text for `--help`. */
export function usageOf({ name, summary, positionals, options, notes }: Description): string {
  const rows = Object.entries(options).map(([option, { takes, help }]) => ({
    left: takes === undefined ? `--${option}` : `--${option} ${takes}`,
    help,
  }))
  const call = ['antiphon', name, positionals, '[options]'].filter((part) => part !== '').join(' ')
  return [`${call}\n\n${capitalized(summary)}.\n`, columns(rows), notes]
    .filter((part) => part !== undefined)
    .map((part) => (part.endsWith('\n') ? part : `${part}\n`))
    .join('\n')
}

/** Two columns, the left one as wide as its widest entry. */
export function columns(rows: readonly { readonly left: string; readonly help: string }[]): string {
  const width = Math.max(...rows.map(({ left }) => left.length))
  return rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}\n`).join('')
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
