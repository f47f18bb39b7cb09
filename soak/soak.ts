import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.ts'
import { merged } from './latencies.ts'
import type { LoadOrders } from './load.ts'
import { type SoakOptions, soakOptions } from './options.ts'
import type { Sample, ServerOrders } from './server.ts'
import { total } from './tally.ts'
import { type Course, faultsOf, inMib } from './verdict.ts'

/** Connections of one load process. */
const SHARE = 10_000
/** The part of the time after which memory counts: by then, what is cached is cached. */
const EARLY = 0.25
/** Between lines, in milliseconds. */
const NEWS = 10_000
/** How long the last connections may take to be gone, in milliseconds. */
const PATIENCE = 15_000

const options = readOptions()
const children: Disposable[] = []
try {
  process.exitCode = (await soak(options)) ? 0 : 1
} finally {
  for (const child of children) child[Symbol.dispose]()
}

function readOptions(): SoakOptions {
  try {
    return soakOptions(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
}

function child<T extends Disposable>(made: T): T {
  children.push(made)
  return made
}

/** True when all was well. */
async function soak({
  connections,
  minutes,
  rate,
  servers: serverCount,
  shares,
  json,
}: SoakOptions): Promise<boolean> {
  const servers = Array.from({ length: serverCount }, (_, i) =>
    child(new Child<ServerOrders>(`server ${i + 1}`, './server.js')),
  )
  const loadsEach = Math.ceil(connections / serverCount / SHARE)
  const loads = Array.from({ length: serverCount * loadsEach }, (_, i) =>
    child(new Child<LoadOrders>(`load ${i + 1}`, './load.js')),
  )
  const began = performance.now()
  const told = (text: string): void =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${text}`)
  const measured = (): Promise<readonly Sample[]> =>
    Promise.all(servers.map((server) => server.ask('measure')))
  const traffic = async (duration: number): Promise<void> => {
    await Promise.all(servers.map((server) => server.ask('broadcast', true)))
    await Promise.all(loads.map((load) => load.ask('start', rate / loads.length)))
    const end = performance.now() + duration
    for (let left = duration; left > 0; left = end - performance.now()) {
      await sleep(Math.min(left, NEWS))
      await news(told)
    }
    await Promise.all(servers.map((server) => server.ask('broadcast', false)))
    const waiting = await Promise.all(loads.map((load) => load.ask('quiet')))
    const late = waiting.reduce((sum, count) => sum + count, 0)
    if (late > 0) told(`${late} connections still wait for messages`)
  }
  const news = async (tell: (text: string) => void): Promise<void> => {
    const samples = await Promise.all(servers.map((server) => server.ask('sample')))
    const seen = await Promise.all(loads.map((load) => load.ask('seen')))
    const { echoes, broadcasts } = total(seen.map(({ tally }) => tally))
    const latencies = merged(seen.map((one) => one.latencies))
    const sum = (key: keyof Sample): number => samples.reduce((all, one) => all + one[key], 0)
    tell(
      `${sum('sockets')} sockets, ${sum('handles')} handles, ${inMib(sum('rss'))} resident, ` +
        `${inMib(sum('heap'))} heap, ${echoes} echoes, ${broadcasts} broadcasts heard, ` +
        `p50 ${latencies.percentile(50).toFixed(1)} ms, p99 ${latencies.percentile(99).toFixed(1)} ms`,
    )
  }

  const urls = (await Promise.all(servers.map((server) => server.ask('listen', loadsEach)))).flat()
  const idle = await measured()
  const share = (i: number): number =>
    Math.floor((connections * (i + 1)) / loads.length) -
    Math.floor((connections * i) / loads.length)
  await Promise.all(loads.map((load, i) => load.ask('grow', urls[i]!, share(i), shares)))
  told(`${connections} connections are open`)
  await traffic(minutes * 60_000 * EARLY)
  const early = await measured()
  await traffic(minutes * 60_000 * (1 - EARLY))
  const late = await measured()
  await Promise.all(loads.map((load) => load.ask('leave')))
  await emptied(servers, idle)
  const after = await measured()

  const seen = await Promise.all(loads.map((load) => load.ask('seen')))
  const tally = total(seen.map((one) => one.tally))
  const latencies = merged(seen.map((one) => one.latencies))
  const hook = await Promise.all(servers.map((server) => server.ask('faults')))
  const courses: readonly Course[] = servers.map((_, i) => ({
    idle: idle[i]!,
    early: early[i]!,
    late: late[i]!,
    after: after[i]!,
  }))
  const faults = faultsOf(
    tally,
    hook.reduce((sum, count) => sum + count, 0),
    courses,
  )
  const percentiles = Object.fromEntries(
    [50, 90, 99, 99.9, 100].map((p) => [`p${p}`, Number(latencies.percentile(p).toFixed(2))]),
  )
  console.log()
  console.table(courses.flatMap((course, i) => rows(course, i + 1)))
  console.table({ ...tally })
  console.table({ 'latency of an echo, ms': percentiles })
  for (const fault of faults) console.log(`FAILED: ${fault}`)
  if (faults.length === 0) console.log('nothing lost, nothing out of order, nothing grown')
  writeFileSync(
    json,
    `${JSON.stringify({ connections, minutes, rate, shares, servers: courses, tally, latency: percentiles, faults }, undefined, 2)}\n`,
  )
  return faults.length === 0
}

/** Waits until the handles of the connections are gone, but not for ever. */
async function emptied(
  servers: readonly Child<ServerOrders>[],
  idle: readonly Sample[],
): Promise<void> {
  const end = performance.now() + PATIENCE
  while (performance.now() < end) {
    const samples = await Promise.all(servers.map((server) => server.ask('sample')))
    if (samples.every(({ handles }, i) => handles <= idle[i]!.handles)) return
    await sleep(200)
  }
}

function rows(course: Course, server: number): readonly Record<string, string | number>[] {
  return Object.entries(course).map(([when, { rss, heap, handles, sockets }]) => ({
    server,
    when,
    sockets,
    handles,
    'resident, MiB': Number((rss / 2 ** 20).toFixed(1)),
    'heap, MiB': Number((heap / 2 ** 20).toFixed(1)),
  }))
}
