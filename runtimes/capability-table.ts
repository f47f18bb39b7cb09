import type { Capability as EngineCapability } from 'antiphon'
import type { Capability } from 'antiphon/testing'
import type { RunReport } from './report.ts'

type ServerRow = EngineCapability | 'http' | 'hook'
/** Without `raw`, which is the test's own, and `others`, which the page on Cloudflare tells. */
type ClientRow = Exclude<Capability, ServerRow | 'raw' | 'others'>

/** What each capability is, as the table tells it. */
const SERVER_ROWS: Readonly<Record<ServerRow, string>> = {
  http: 'HTTP and WebSockets on one port',
  hook: 'the `onError` hook',
  stop: '`stop({ drain, over, status })`',
  limits: '`link.limits`, and `maxMessageSize` of one connection',
  bufferedAmount: '`bufferedAmount`, `maxBufferedAmount`, `slowConsumer`, `highWaterMark`',
  flush: '`link.flush()`',
  records: "the peer's half of the close handshake, in the close record",
  sizes: 'the size of a message that was too large',
  statuses: 'every close code of RFC 6455',
  terminate: '`terminate()` drops the connection',
  compression: 'permessage-deflate',
  ping: '`link.ping()`, `link.onPong()`',
  pings: '`pingInterval`, `pongTimeout`',
  onControl: '`link.onControl()`, and `controlFrames` of a session',
  pause: '`link.pause()`; reading stops at the inbound mark (where it cannot: 1013)',
  frames: "raw sessions, streamed messages, `mode: 'frames'` and `'fragments'`",
  sendFrame: '`link.sendFrame()`: fragments',
  frameLimits: '`maxFrameSize`',
  masked: 'a client that does not mask its frames is closed with 1002',
  emptyFragments: 'a bound for empty fragments',
  pendingPongs: 'a bound for Pongs that wait',
  malformedText:
    'malformed text closes with 1007 (where not, the connection is dropped without a Close; `worker()` hears U+FFFD)',
  earlySize: 'a message that is too large, noticed before it is whole',
  earlyText: 'malformed text noticed before its message is whole',
  extensions: 'extensions of your own',
  heads: "a bound for the size of a request's head: 431",
  headTimeout: 'a bound for its time: 408',
  upgradeHeader: 'a 426 names the protocol in its header `Upgrade`',
  remoteAddress: '`remoteAddress` of a request: the address of the peer',
}

const CLIENT_ROWS: Readonly<Record<ClientRow, string>> = {
  open: '`open(url, options, consumer)`',
  unreachable: 'an error for a host that cannot be reached',
  headers: 'request headers',
  answers: 'the headers of the answer',
  refusals: 'status, headers and body of a refusal',
  closeCodes: 'every close code of RFC 6455 (where not: 1000, and 3000 to 4999)',
  afterClose: 'hears what arrives behind its own Close',
  failures: 'hears of a connection that is lost, or fails',
  unmasked: 'fails the connection for a frame of the server that is masked',
  deflate: 'offers permessage-deflate when it is told to',
  frameClient: "`mode: 'frames'`",
}

export type Half = 'server' | 'client'

const ROWS: Readonly<Record<Half, readonly (readonly [Capability, string])[]>> = {
  server: Object.entries(SERVER_ROWS) as [ServerRow, string][],
  client: Object.entries(CLIENT_ROWS) as [ClientRow, string][],
}

const HAS = '✓'
const LACKS = '–'

/** The cells of a column, from top to bottom. Throws for a capability that nothing proves, and nothing declares absent. */
export function columnOf(half: Half, { suites, cases }: RunReport): readonly string[] {
  const proving = suites.filter(({ proves }) => proves === half)
  // What a client can do, also the cases for servers prove that it is used in.
  const titles = suites.filter(({ proves }) => proves !== undefined).map(({ title }) => title)
  return ROWS[half].map(([capability]) => {
    if (proving.some(({ lacks }) => lacks.includes(capability))) return LACKS
    const needing = cases.filter(
      ({ suite, needs, result }) =>
        titles.includes(suite) && needs.includes(capability) && result === 'passed',
    )
    if (needing.length > 0) return HAS
    throw new Error(`no case proves that it has '${capability}', and it does not declare it absent`)
  })
}

/** A table in Markdown; the columns by their heads. */
export function tableOf(half: Half, columns: ReadonlyMap<string, readonly string[]>): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const heads = [...columns.keys()]
  const body = ROWS[half].map(([capability, what], i) =>
    row([`\`${capability}\``, what, ...heads.map((head) => columns.get(head)?.[i] ?? '')]),
  )
  return [
    row(['capability', 'what it is', ...heads]),
    `|---|---|${':-:|'.repeat(heads.length)}\n`,
    ...body,
  ].join('')
}

/** The cells of a column of a table in a page; none when the page has no such column. */
export function columnIn(page: string, half: Half, head: string): readonly string[] {
  const [start, end] = placeOf(page, half)
  const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim())
  const lines = page.slice(start, end).split('\n')
  const [heads = '', , ...body] = lines.filter((line) => line.startsWith('|'))
  const at = cellsOf(heads).indexOf(head)
  return at < 0 ? [] : body.map((line) => cellsOf(line)[at] ?? '')
}

/** The page with another table. */
export function withTable(page: string, half: Half, table: string): string {
  const [start, end] = placeOf(page, half)
  return `${page.slice(0, start)}\n${table}\n${page.slice(end)}`
}

function placeOf(page: string, half: Half): readonly [start: number, end: number] {
  const begin = `<!-- ${half}s -->\n`
  const start = page.indexOf(begin)
  const end = page.indexOf(`<!-- /${half}s -->`)
  if (start < 0 || end < start) throw new Error(`the page has no place for the table of ${half}s`)
  return [start + begin.length, end]
}
