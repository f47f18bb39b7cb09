import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.ts'
import { type Latencies, merged } from './latencies.ts'
import type { LoadOrders } from './load.ts'
import { type SoakOptions, soakOptions } from './options.ts'
import type { Sample, ServerOrders } from './server.ts'
import { type Tally, total } from './tally.ts'
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

/** The processes that serve and those that connect to them. */
interface Crowd {
  readonly servers: readonly Child<ServerOrders>[]
  readonly loads: readonly Child<LoadOrders>[]
}

/** True when all was well. */
async function soak(options: SoakOptions): Promise<boolean> {
  const { connections, minutes, shares } = options
  const loadsEach = Math.ceil(connections / options.servers / SHARE)
  const crowd = crowdOf(options.servers, loadsEach)
  const { servers, loads } = crowd
  const tell = teller()
  const traffic = (part: number): Promise<void> =>
    send(crowd, options.rate, minutes * 60_000 * part, tell)

  const urls = (await Promise.all(servers.map((server) => server.ask('listen', loadsEach)))).flat()
  const idle = await measured(servers)
  const share = (i: number): number =>
    Math.floor((connections * (i + 1)) / loads.length) -
    Math.floor((connections * i) / loads.length)
  await Promise.all(loads.map((load, i) => load.ask('grow', urls[i]!, share(i), shares)))
  tell(`${connections} connections are open`)
  await traffic(EARLY)
  const early = await measured(servers)
  await traffic(1 - EARLY)
  const late = await measured(servers)
  await Promise.all(loads.map((load) => load.ask('leave')))
  await emptied(servers, idle)
  const after = await measured(servers)

  const courses = servers.map((_, i) => ({
    idle: idle[i]!,
    early: early[i]!,
    late: late[i]!,
    after: after[i]!,
  }))
  return await report(crowd, options, courses)
}

function crowdOf(serverCount: number, loadsEach: number): Crowd {
  const servers = Array.from({ length: serverCount }, (_, i) =>
    child(new Child<ServerOrders>(`server ${i + 1}`, './server.js')),
  )
  const loads = Array.from({ length: serverCount * loadsEach }, (_, i) =>
    child(new Child<LoadOrders>(`load ${i + 1}`, './load.js')),
  )
  return { servers, loads }
}

/** Prints lines, each with the seconds since now. */
function teller(): (text: string) => void {
  const began = performance.now()
  return (text) =>
    console.log(`${((performance.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${text}`)
}

function measured(servers: Crowd['servers']): Promise<readonly Sample[]> {
  return Promise.all(servers.map((server) => server.ask('measure')))
}

/** Has everybody send for so many milliseconds, `rate` messages each second in all. */
async function send(
  { servers, loads }: Crowd,
  rate: number,
  duration: number,
  tell: (text: string) => void,
): Promise<void> {
  await Promise.all(servers.map((server) => server.ask('broadcast', true)))
  await Promise.all(loads.map((load) => load.ask('start', rate / loads.length)))
  const end = performance.now() + duration
  for (let left = duration; left > 0; left = end - performance.now()) {
    await sleep(Math.min(left, NEWS))
    tell(await news({ servers, loads }))
  }
  await Promise.all(servers.map((server) => server.ask('broadcast', false)))
  const waiting = await Promise.all(loads.map((load) => load.ask('quiet')))
  const late = sum(waiting)
  if (late > 0) tell(`${late} connections still wait for messages`)
}

async function news({ servers, loads }: Crowd): Promise<string> {
  const samples = await Promise.all(servers.map((server) => server.ask('sample')))
  const { tally, latencies } = await seenBy(loads)
  const all = (key: keyof Sample): number => sum(samples.map((sample) => sample[key]))
  return (
    `${all('sockets')} sockets, ${all('handles')} handles, ${inMib(all('rss'))} resident, ` +
    `${inMib(all('heap'))} heap, ${tally.echoes} echoes, ${tally.broadcasts} broadcasts heard, ` +
    `p50 ${latencies.percentile(50).toFixed(1)} ms, p99 ${latencies.percentile(99).toFixed(1)} ms`
  )
}

/** What the connections have seen so far. */
async function seenBy(loads: Crowd['loads']): Promise<{ tally: Tally; latencies: Latencies }> {
  const seen = await Promise.all(loads.map((load) => load.ask('seen')))
  return {
    tally: total(seen.map((one) => one.tally)),
    latencies: merged(seen.map((one) => one.latencies)),
  }
}

/** Prints what came of it, and writes it to the file. True when all was well. */
async function report(
  { servers, loads }: Crowd,
  { connections, minutes, rate, shares, json }: SoakOptions,
  courses: readonly Course[],
): Promise<boolean> {
  const { tally, latencies } = await seenBy(loads)
  const hook = await Promise.all(servers.map((server) => server.ask('faults')))
  const faults = faultsOf(tally, sum(hook), courses)
  const latency = Object.fromEntries(
    [50, 90, 99, 99.9, 100].map((p) => [`p${p}`, Number(latencies.percentile(p).toFixed(2))]),
  )
  console.log()
  console.table(courses.flatMap((course, i) => rows(course, i + 1)))
  console.table({ ...tally })
  console.table({ 'latency of an echo, ms': latency })
  for (const fault of faults) console.log(`FAILED: ${fault}`)
  if (faults.length === 0) console.log('nothing lost, nothing out of order, nothing grown')
  const told = { connections, minutes, rate, shares, servers: courses, tally, latency, faults }
  writeFileSync(json, `${JSON.stringify(told, undefined, 2)}\n`)
  return faults.length === 0
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0)
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
