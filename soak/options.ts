import { parseArgs } from 'node:util'
import type { Shares } from './kinds.ts'

export interface SoakOptions {
  readonly connections: number
  readonly minutes: number
  /** Messages sent each second, over all connections. */
  readonly rate: number
  /** Processes of the server: unless told, as few as the open files of each allow. */
  readonly servers: number
  readonly shares: Shares
  /** The file for the report. */
  readonly json: string
}

const USAGE = `npm run soak -- [--connections 20000] [--minutes 1] [--rate 2000] [--tls 10] [--deflate 10] [--servers 1] [--json soak.json]`

/** Files a process needs beside its connections. */
const SPARE = 64

/** Throws an error that says what is wrong, and what would be right. `allowed`: the files that a process may open. */
export function soakOptions(args: readonly string[], allowed: number = openFiles()): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '20000' },
      minutes: { type: 'string', default: '1' },
      rate: { type: 'string', default: '2000' },
      tls: { type: 'string', default: '10' },
      deflate: { type: 'string', default: '10' },
      servers: { type: 'string' },
      json: { type: 'string', default: 'dist-soak/soak.json' },
    },
  })
  const connections = positive('connections', values.connections, true)
  const enough = Math.ceil(connections / Math.max(allowed - SPARE, 1))
  const servers = positive('servers', values.servers ?? String(enough), true)
  if (servers < enough) throw tooFewFiles(Math.ceil(connections / servers), allowed, enough)
  return {
    connections,
    minutes: positive('minutes', values.minutes, false),
    rate: positive('rate', values.rate, true),
    servers,
    shares: { tls: share('tls', values.tls), deflate: share('deflate', values.deflate) },
    json: values.json,
  }
}

function positive(name: string, text: string, whole: boolean): number {
  const value = Number(text)
  if (value > 0 && value < 1e9 && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'whole number' : 'number'
  throw new Error(`--${name} is ${text}: it must be a ${kind} above 0\n${USAGE}`)
}

/** Of a percentage. */
function share(name: string, text: string): number {
  const value = Number(text)
  if (text !== '' && value >= 0 && value <= 100) return value / 100
  throw new Error(
    `--${name} is ${text}: it must be a part of the connections in per cent, 0 to 100\n${USAGE}`,
  )
}

function tooFewFiles(connections: number, allowed: number, enough: number): Error {
  const needed = connections + SPARE
  return new Error(
    `a server process with ${connections} connections needs ${needed} open files, and the system allows ${allowed}: ` +
      `raise the limit (ulimit -Hn ${needed} as root, or "nofile" in /etc/security/limits.conf), spread the server over ` +
      `processes with --servers ${enough}, or ask for fewer --connections`,
  )
}

/** Node raises its limit as far as the system allows by itself; what is higher only the system can allow. */
function openFiles(): number {
  // The report is typed as an object: what is in it is documented.
  const report = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly hard: number | string } }
  }
  const hard = report.userLimits?.open_files?.hard
  return typeof hard === 'number' ? hard : Number.POSITIVE_INFINITY
}
