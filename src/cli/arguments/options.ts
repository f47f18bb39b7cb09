import { type ParseArgsConfig, parseArgs } from 'node:util'
import { quote } from '../../protocol/errors/quote.ts'
import { CommandError } from './command-error.ts'
import type { Kind } from './kinds.ts'

/** An option of a command; `T` is what it stands for, given or not. */
export interface Option<out T> {
  /** What its value is called in the usage; `undefined` for a flag. */
  readonly takes: string | undefined
  readonly help: string
  /** Reads the values that were given, in order. Throws a `CommandError`. */
  readonly read: (values: readonly string[], name: string) => T
}

/** The options of a command, by name, in the order of its usage. */
export type Options = Readonly<Record<string, Option<unknown>>>

export type OptionValues<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never
}

export interface Arguments<O extends Options> {
  readonly values: OptionValues<O>
  readonly positionals: readonly string[]
}

export function flag(help: string): Option<boolean> {
  return { takes: undefined, help, read: (values) => values.length > 0 }
}

/** An option that is given once, or left out. */
export function one<T>(takes: string, kind: Kind<T>, help: string): Option<T | undefined> {
  return {
    takes,
    help,
    read(values, name) {
      if (values.length > 1) throw new CommandError(2, `--${name} is given twice: give it once`)
      return values.length === 0 ? undefined : parsed(kind, values[0]!, name)
    },
  }
}

/** An option that may be repeated. */
export function many<T>(takes: string, kind: Kind<T>, help: string): Option<readonly T[]> {
  return { takes, help, read: (values, name) => values.map((value) => parsed(kind, value, name)) }
}

/** Reads the arguments of a command. Throws a `CommandError` that says what is wrong and what would be right. */
export function readArguments<const O extends Options>(
  args: readonly string[],
  options: O,
): Arguments<O> {
  const positionals: string[] = []
  const given = new Map(Object.keys(options).map((name) => [name, [] as string[]]))
  for (const token of tokensOf(args, options)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const values = given.get(token.name)
    if (values === undefined) {
      throw new CommandError(
        2,
        `there is no option ${quote(token.rawName)}: there are ${listed(given)}`,
      )
    }
    values.push(givenValue(token, options[token.name]!.takes))
  }
  const entries = Object.entries(options).map(([name, option]) => [
    name,
    option.read(given.get(name)!, name),
  ])
  // Each entry was read by the option of its name.
  return { values: Object.fromEntries(entries) as OptionValues<O>, positionals }
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/** Not `strict`: the errors of `parseArgs` do not say what would be right. */
function tokensOf(args: readonly string[], options: Options): readonly Token[] {
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, { takes }] of Object.entries(options)) {
    config[name] = { type: takes === undefined ? 'boolean' : 'string' }
  }
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true })
  return tokens
}

function givenValue(
  { rawName, value, inlineValue }: OptionToken,
  takes: string | undefined,
): string {
  if (takes === undefined) {
    if (value === undefined) return ''
    throw new CommandError(2, `${rawName} takes no value: leave out ${quote(`=${value}`)}`)
  }
  // What begins with a dash is the next option, unless it is tied to this one.
  if (value === undefined || (inlineValue !== true && value.startsWith('-'))) {
    throw new CommandError(2, `${rawName} has no value: write ${rawName} ${takes}`)
  }
  return value
}

function parsed<T>({ parse, expected }: Kind<T>, text: string, name: string): T {
  const value = parse(text)
  if (value !== undefined) return value
  throw new CommandError(2, `--${name} is ${quote(text)}: it must be ${expected}`)
}

function listed(given: ReadonlyMap<string, unknown>): string {
  return [...given.keys()].map((name) => `--${name}`).join(', ')
}
