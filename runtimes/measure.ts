import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type LoadTimes, load, type Workload } from './load.ts'
import { BUN, DENO, nodeOf } from './programs.ts'
import { pathTo } from './root.ts'

/** Measures each runtime's own server against our Node engine on it; prints a table in Markdown. */

const SOURCE = pathTo('runtimes/measured-server.ts')
const BUILT = pathTo('dist-runtimes/runtimes/measured-server.js')

const SERVERS: Readonly<Record<string, readonly string[]>> = {
  '`bun()`': [...BUN, SOURCE, 'bun'],
  '`node()` on Bun': [...BUN, SOURCE, 'node'],
  '`deno()`': [...DENO, SOURCE, 'deno'],
  '`node()` on Deno': [...DENO, SOURCE, 'node'],
  '`node()` on Node 24': [...nodeOf(24), BUILT, 'node'],
}

const WORKLOADS: readonly Workload[] = [
  { title: '64 bytes, one at a time', connections: 100, window: 1, size: 64 },
  { title: '64 bytes, 100 at a time', connections: 10, window: 100, size: 64 },
  { title: '16 KiB, one at a time', connections: 100, window: 1, size: 16_384 },
]

const ROUNDS = 5
const TIMES: LoadTimes = { warmUp: 4_000, time: 2_000 }
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']))

interface Figures {
  /** Messages echoed in a second. */
  readonly rate: number
  /** Microseconds of the server's processor time for each. */
  readonly cost: number
}

const results = new Map<string, Figures[]>()
// One after the other in each round, so that what changes on the machine changes for all.
for (let round = 1; round <= ROUNDS; round++) {
  for (const [name, command] of Object.entries(SERVERS)) {
    for (const work of WORKLOADS) {
      const key = `${name} ${work.title}`
      results.set(key, [...(results.get(key) ?? []), await measure(command, work)])
    }
    console.error(`round ${round} of ${ROUNDS}: ${name}`)
  }
}

console.log(`| server | ${WORKLOADS.map(({ title }) => title).join(' | ')} |`)
console.log(`|---|${'--:|'.repeat(WORKLOADS.length)}`)
for (const name of Object.keys(SERVERS)) {
  const cells = WORKLOADS.map(({ title }) => cellOf(results.get(`${name} ${title}`) ?? []))
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}

/** A server of its own for each. */
async function measure(
  [program = '', ...args]: readonly string[],
  work: Workload,
): Promise<Figures> {
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const port = await portOf(server)
    let before = 0
    const count = await load(port, work, TIMES, () => {
      before = processorTime(server)
    })
    const cost = (processorTime(server) - before) / count
    return { rate: (count / TIMES.time) * 1_000, cost }
  } finally {
    server.kill('SIGKILL')
  }
}

function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = ''
    server.stdout?.on('data', (chunk) => {
      output += chunk
      const port = /^port (\d+)$/m.exec(output)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
    server.on('exit', () => reject(new Error('the server did not start')))
  })
}

/** Of all threads, in user and kernel mode, in microseconds. */
function processorTime({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6
}

/** Medians. */
function cellOf(figures: readonly Figures[]): string {
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
  const rate = median(figures.map((each) => each.rate))
  const cost = median(figures.map((each) => each.cost))
  return `${Math.round(rate / 1_000)}k/s, ${cost.toFixed(cost < 1 ? 2 : 1)} µs`
}
