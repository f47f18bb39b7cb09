import { parseArgs } from 'node:util'
import { type PayloadKind, WORKLOADS, type Workload } from './case.ts'
import type { Narrowing } from './plan.ts'

const QUESTIONS = ['targets', 'cliffs', 'scaling'] as const

/** What is measured: workloads, or what answers one question. */
export type Command = 'workloads' | (typeof QUESTIONS)[number]

/** What one run of the benchmark is to do. */
export interface BenchOptions {
  readonly command: Command
  /** None for all. */
  readonly workloads: readonly Workload[]
  readonly narrowing: Narrowing
  /** Seconds measured, after `warm` seconds that are not. */
  readonly time: number
  readonly warm: number
  /** New processes for each subject of each case. */
  readonly repeats: number
  /** Names of subjects, or beginnings of them; none for all. */
  readonly only: readonly string[]
  /** Where the results go as JSON. */
  readonly json: string | undefined
  /** Results of an earlier run, to be shown in place of a new one. */
  readonly from: string | undefined
  /** A folder for CPU profiles of the subjects that run on Node. */
  readonly profile: string | undefined
  /** Whether the report replaces the one in `docs`. */
  readonly docs: boolean
  /** Nothing but tell how it is used. */
  readonly help: boolean
}

export const USAGE: string = `npm run bench -- [workload ...] [options]
npm run bench -- targets [workload ...] [options]    whether the engine costs as little as it is to
npm run bench -- cliffs [options]                    what becomes of cost as counts and sizes grow
npm run bench -- scaling [options]                   what a second worker brings

workloads   ${WORKLOADS.join(', ')}; all when none is named
--size      bytes of payload
--depth     messages in flight
--conns     connections, or subscribers
--binary, --text, --non-ascii    the payload
--time      seconds measured in each run, default 1
--warm      seconds before that, default 0.5
--repeats   runs of each subject, default 9; for cliffs 3
--only      subjects, separated by commas, such as ws,antiphon-handler
--json      a file for the results
--from      a file of results, to be shown in place of a new run
--profile   a folder for a CPU profile of each run on Node
--docs      writes the report, and its charts, into docs/
--help      this
`

const REPEATS: Readonly<Record<Command, string>> = {
  workloads: '9',
  targets: '9',
  cliffs: '3',
  scaling: '9',
}

/** Reads a command line. Throws a `TypeError` that says what is wrong with it. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      size: { type: 'string' },
      depth: { type: 'string' },
      conns: { type: 'string' },
      binary: { type: 'boolean', default: false },
      text: { type: 'boolean', default: false },
      'non-ascii': { type: 'boolean', default: false },
      time: { type: 'string', default: '1' },
      warm: { type: 'string', default: '0.5' },
      repeats: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      from: { type: 'string' },
      profile: { type: 'string' },
      docs: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const question = QUESTIONS.find((name) => name === positionals[0])
  const command = question ?? 'workloads'
  const options: BenchOptions = {
    command,
    workloads: positionals.slice(question === undefined ? 0 : 1).map(workloadOf),
    narrowing: {
      size: count('size', values.size, 0, 16 * 1024 * 1024),
      depth: count('depth', values.depth, 1, 1024),
      conns: count('conns', values.conns, 1, 50_000),
      payload: payloadOf(values),
    },
    time: seconds('time', values.time),
    warm: seconds('warm', values.warm),
    repeats: count('repeats', values.repeats ?? REPEATS[command], 1, 1000) ?? 9,
    only: values.only.split(',').filter((name) => name !== ''),
    json: values.json,
    from: values.from,
    profile: values.profile,
    docs: values.docs,
    help: values.help,
  }
  checkFixed(options)
  return options
}

/** What answers a question is measured with its own cases and subjects. */
function checkFixed({ command, workloads, narrowing, only }: BenchOptions): void {
  if (command !== 'cliffs' && command !== 'scaling') return
  const narrowed = Object.values(narrowing).some((value) => value !== undefined)
  if (workloads.length > 0 || narrowed || only.length > 0) {
    throw new TypeError(`${command} has cases and subjects of its own: give it none`)
  }
}

function workloadOf(name: string): Workload {
  const found = WORKLOADS.find((workload) => workload === name)
  if (found !== undefined) return found
  throw new TypeError(`there is no workload ${name}: there are ${WORKLOADS.join(', ')}`)
}

function payloadOf(values: Readonly<Record<PayloadKind, boolean>>): PayloadKind | undefined {
  const kinds: readonly PayloadKind[] = ['binary', 'text', 'non-ascii']
  const named = kinds.filter((kind) => values[kind])
  if (named.length > 1) {
    throw new TypeError(`--${named.join(' and --')} exclude each other: give one of them`)
  }
  return named[0]
}

function count(
  name: string,
  value: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (value !== '' && Number.isInteger(number) && number >= min && number <= max) return number
  throw new TypeError(`--${name} is ${value}: it must be an integer from ${min} to ${max}`)
}

function seconds(name: string, value: string): number {
  const number = Number(value)
  if (number > 0 && number <= 60) return number
  throw new TypeError(`--${name} is ${value}: it must be seconds, above 0 and at most 60`)
}
