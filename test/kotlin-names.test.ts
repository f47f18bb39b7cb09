import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/** A page of names: its URL, its text, and the rows of its table that begin with a name. */
function pageOf(path: string) {
  const url = new URL(path, import.meta.url)
  const text = readFileSync(url, 'utf8')
  return { url, text, rows: text.split('\n').filter((line) => line.startsWith('| `')) }
}

const ktor = pageOf('../docs/ktor.md')
const http4k = pageOf('../docs/http4k.md')

/** What Ktor's documentation of WebSockets names: of the server, of the client, of the protocol. */
const KTOR = `
  DefaultWebSocketServerSession WebSocketServerSession WebSocketUpgrade WebSockets application webSocket webSocketRaw
  path protocol

  Config pingInterval timeout maxFrameSize contentConverter HttpClient urlString method host port ws wss HttpRequestBuilder
  url header parameter HttpClientCall ClientWebSocketSession DefaultClientWebSocketSession call incoming outgoing extensions
  closeReason terminate data fin rsv1 rsv2 rsv3 copy code message NORMAL GOING_AWAY PROTOCOL_ERROR CANNOT_ACCEPT
  NOT_CONSISTENT VIOLATED_POLICY TOO_BIG NO_EXTENSION INTERNAL_ERROR SERVICE_RESTART TRY_AGAIN_LATER TLS_HANDSHAKE_FAILED
  webSocketSession receiveDeserialized sendSerialized WebSocketExtension name config processOutgoingFrame
  processIncomingFrame WebSocketExtensions deflate perMessageDeflate WebSocketException WebSocketUpgradeException response
  HttpResponse WebSocketProtocolException coroutineContext DelegatingClientWebSocketSession delegate
  WebsocketContentConverter serialize deserialize charset typeInfo DeflateConfig serverMaxWindowBits clientMaxWindowBits
  serverNoContextTakeover clientNoContextTakeover PerMessageDeflateConfig compressIfBiggerThan HttpMethod DEFAULT_PORT

  CloseReason DefaultWebSocketSession DefaultWebSocketSessionImpl Frame Text Binary Close Ping Pong FrameParser FrameType
  RawWebSocket Serializer SimpleFrameCollector WebSocketReader WebSocketSession WebSocketWriter WebSocketInternalAPI
  CoroutineScope ReceiveChannel SendChannel close flush pinger ponger readBytes readReason readText run send start
`

/** What http4k's documentation of WebSockets names. */
const HTTP4K = `
  WsMessage Websocket upgradeRequest send close NORMAL onError onClose onMessage WsConsumer WsHandler WsFilter WsRouter match
  withBasePath withFilter WsStatus WsRouterMatch PolyHandler WsClient
`

/** The links of a page to tests: what is said of each, and its file. */
function linksOf(markdown: string): readonly (readonly [title: string, file: URL])[] {
  const links = markdown.matchAll(/\[([^\]]+)\]\((\.\.\/test\/[^)]+)\)/g)
  return [...links].map(([, title, path]) => [title!, new URL(path!, ktor.url)])
}

/** All that the entry points name, types among it. */
const EXPORTS = new Set(
  ['../src/index.ts', '../src/node/index.ts', '../src/testing/index.ts'].flatMap(
    (entry) => readFileSync(new URL(entry, import.meta.url), 'utf8').match(/\w+/g) ?? [],
  ),
)

/** The types that a row promises: those it names, or those of the original's names that it says are here. */
function typesOf(row: string): readonly string[] {
  const [, original = '', here = ''] = row.split('|')
  const same = /\btypes? of th(?:is|ese) names?\b/.test(here)
  const named = same ? original : [...here.matchAll(/the types? (`\w+`(?: and `\w+`)*)/g)].join()
  return [...named.matchAll(/`(\w+)`/g)]
    .map(([, name]) => name!)
    .filter((name) => /^[A-Z]/.test(name))
}

describe.each([
  ['Ktor’s', ktor, KTOR, 25, 10],
  ['http4k’s', http4k, HTTP4K, 12, 6],
])('the table of %s names', (_, { text, rows }, names, atLeast, types) => {
  test.each(rows)('%s', async (row) => {
    const exports = [...row.matchAll(/`(\w+)` of `antiphon((?:\/\w+)?)`/g)]
    for (const [, name, room] of exports) {
      const entry = new URL(`../src${room}/index.ts`, import.meta.url).href
      expect(await import(entry), `antiphon${room} exports ${name}`).toHaveProperty(name!)
    }
    for (const name of typesOf(row)) {
      expect(EXPORTS.has(name), `the type ${name} is exported`).toBe(true)
    }
    const tests = linksOf(row)
    expect(tests.length).toBeGreaterThan(0)
    for (const [, file] of tests) expect(existsSync(file), `${file} exists`).toBe(true)
  })

  test('has every name of the documentation', () => {
    const words = text.matchAll(/`([^`]+)`/g)
    const told = new Set([...words].flatMap(([, code]) => code!.match(/\w+/g) ?? []))
    expect(names.split(/\s+/).filter((name) => name !== '' && !told.has(name))).toEqual([])
  })

  test('has names to check', () => {
    expect(rows.length).toBeGreaterThan(atLeast)
    expect(rows.flatMap(typesOf).length).toBeGreaterThan(types)
  })
})

describe('the list of Ktor’s tests', () => {
  const list = readFileSync(new URL('../docs/ktor-tests.md', import.meta.url), 'utf8')
  const links = linksOf(list.slice(list.indexOf('\n## ')))

  test.each(links)('%s', (title, file) => {
    const source = readFileSync(file, 'utf8')
    expect(["'", '"', '`'].some((quote) => source.includes(quote + title + quote))).toBe(true)
  })

  test('has tests to check', () => {
    expect(links.length).toBeGreaterThan(100)
  })
})
