import { beforeAll, describe, expect, test } from 'vitest'
import { userProject } from './support/user-project.ts'

// What users read when they are wrong: types are the API. Fewer lines are better, and the last one should name the fix.

const PRELUDE = `import { accept, bearer, bind, bindEndpoint, connectTo, endpoint, idleTimeout, type Lens, Message, poly, Query, requestTo, routes, serve, sharedTopics, topic, type TopicLog, topics, typed, type Websocket, type WsMessage, webSocket, webSocketRaw, websockets } from 'antiphon'
import { bun } from 'antiphon/bun'
import { worker } from 'antiphon/cloudflare'
import { connect, node } from 'antiphon/node'
declare const log: TopicLog
declare const socket: Websocket
declare const move: Lens<WsMessage, { x: number; y: number }>
const page = Query.int().defaulted('page', 1)
const chat = endpoint('/rooms/:room', { request: { page }, fromServer: move })
`

/** One error of the compiler. */
interface Complaint {
  readonly column: number
  readonly lines: string[]
}

const modules: string[] = []
const complaints: Complaint[][] = []

/** Mistakes, with a mark where the compiler points, and what it says. */
function mistakes(table: Readonly<Record<string, readonly string[]>>): void {
  test.each(Object.entries(table).map(([code, lines]) => ({ code, lines, at: add(code) })))(
    '$code',
    ({ code, lines, at }) => {
      expect(complaints[at]).toEqual([{ column: code.indexOf('¦') + 1, lines }])
    },
  )
}

function add(code: string): number {
  return modules.push(`${PRELUDE}${code.replace('¦', '')}\n`) - 1
}

// All at once: most of the time goes into the declarations of Node.
beforeAll(async () => {
  const project = userProject('compiler-errors')
  const files = modules.map((source, index) => project.write(`m${index}.ts`, source))
  complaints.push(...modules.map(() => []))
  let last = 0
  for (const line of await project.compile(files, { skipLibCheck: true })) {
    const [, index, column, text] = /^m(\d+)\.ts\(\d+,(\d+)\): error TS\d+: (.*)$/.exec(line) ?? []
    if (text === undefined) complaints.at(last)?.at(-1)?.lines.push(line.slice(2))
    else {
      last = Number(index)
      complaints[last]?.push({ column: Number(column), lines: [text] })
    }
  }
})
describe('handlers', () => {
  mistakes({
    "websockets(bind('/', () => ¦'hello'))": [
      "Type 'string' is not assignable to type 'MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
    ],
    "websockets(bind('/', ({ path }) => ¦(path === '/' ? null : () => {})))": [
      "Type '(() => void) | null' is not assignable to type 'MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
      "Type 'null' is not assignable to type 'MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
    ],
    "websockets(bind('/', ¦() => { (socket: Websocket) => socket.close() }))": [
      "Argument of type '() => void' is not assignable to parameter of type '(request: UpgradeRequest<{}>) => MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
      "Type 'void' is not assignable to type 'MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
    ],
    "bind('/', () => ¦(socket: { readyState: number }) => {})": [
      "Type '(socket: { readyState: number; }) => void' is not assignable to type 'MaybePromise<Accepted | Response | WebSocketUpgrade<never> | ((socket: Websocket) => unknown) | undefined>'.",
      "Type '(socket: { readyState: number; }) => void' is not assignable to type '(socket: Websocket) => unknown'.",
      "  Types of parameters 'socket' and 'socket' are incompatible.",
      "    Property 'readyState' is missing in type 'Websocket' but required in type '{ readyState: number; }'.",
    ],
    "bind('/rooms/:room', ({ params }) => new Response(params.¦rom))": [
      "Property 'rom' does not exist on type '{ readonly room: string; }'. Did you mean 'room'?",
    ],
  })
})

describe('applications', () => {
  mistakes({
    "poly({ ¦http: () => 'pong' })": [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Type '() => string' is not assignable to type 'HttpHandler<Websocket>'.",
      "    Type 'string' is not assignable to type 'MaybePromise<Response | WebSocketUpgrade<Websocket>>'.",
    ],
    "poly(¦bind('/', () => undefined))": [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Argument of type 'Route<undefined>' is not assignable to parameter of type 'HttpRouter<Websocket> | PolyParts<Websocket> | WsRouter<Websocket>'.",
      "    Type 'Route<undefined>' is missing the following properties from type 'WsRouter<Websocket>': withFilter, withHandshake",
    ],
    "serve(¦bind('/', () => undefined), node())": [
      "Argument of type 'Route<undefined>' is not assignable to parameter of type 'App<FrameSocket>'.",
      "Type 'Route<undefined>' is missing the following properties from type 'WsRouter<FrameSocket>': withFilter, withHandshake",
    ],
    'websockets(¦() => () => {})': [
      "Argument of type '() => () => void' is not assignable to parameter of type 'Route<AnyDecision>'.",
    ],
    "websockets(¦[bind('/', () => () => {})])": [
      "Type 'Route<() => void>[]' is missing the following properties from type 'Route<AnyDecision>': template, literalPath, description, match, withBasePath",
    ],
    "routes(¦bind('/', () => (socket) => { socket.close() }))": [
      "Argument of type 'Route<(socket: Websocket) => void>' is not assignable to parameter of type 'Route<MaybePromise<HttpAnswer<Websocket>>>'.",
      "Type '(socket: Websocket) => void' is not assignable to type 'MaybePromise<HttpAnswer<Websocket>>'.",
    ],
    'serve(websockets(), ¦node)': [
      "Argument of type '(options?: NodeOptions | undefined) => Engine<FrameSocket, never>' is not assignable to parameter of type 'Engine<Websocket, Capability>'.",
    ],
    'serve(websockets(), node()).¦url': [
      "Property 'url' does not exist on type 'Promise<Server>'.",
    ],
    'websockets().withFilter(¦bearer(() => undefined))': [
      "Argument of type 'HandshakeFilter' is not assignable to parameter of type 'WsFilter'.",
      "Types of parameters 'next' and 'next' are incompatible.",
      "  Types of parameters 'socket' and 'request' are incompatible.",
      "    Type 'UpgradeRequest<Readonly<Record<string, string>>>' is missing the following properties from type 'Websocket': upgradeRequest, protocol, state, bufferedAmount, and 8 more.",
    ],
    'websockets().withHandshake(¦idleTimeout(1_000))': [
      "Argument of type 'WsFilter' is not assignable to parameter of type 'HandshakeFilter'.",
      "Types of parameters 'next' and 'next' are incompatible.",
      "  Types of parameters 'request' and 'socket' are incompatible.",
      "    Type 'Websocket' is missing the following properties from type 'UpgradeRequest<Readonly<Record<string, string>>>': method, url, path, headers, and 9 more.",
    ],
    'websockets().withFilter(async (next) => ¦next)': [
      "Type 'Promise<WsConsumer<Websocket>>' is not assignable to type 'WsConsumer<Websocket>'.",
      "Type 'Promise<WsConsumer<Websocket>>' provides no match for the signature '(socket: Websocket): unknown'.",
    ],
  })
})

describe('engines', () => {
  mistakes({
    "serve(¦websockets(webSocketRaw('/', () => {})), bun())": [
      "Argument of type 'WsRouter<FrameSocket>' is not assignable to parameter of type 'App<BunSocket>'.",
      "Type 'WsRouter<FrameSocket>' is not assignable to type 'WsRouter<BunSocket>'.",
      "  Property 'frames' is missing in type 'BunSocket' but required in type 'FrameSocket'.",
    ],
    "worker(¦poly(routes(), websockets(webSocketRaw('/', () => {}))))": [
      "Argument of type 'Poly<FrameSocket>' is not assignable to parameter of type 'App<WorkersSocket>'.",
      "Type 'Poly<FrameSocket>' is not assignable to type 'PolyHandler<WorkersSocket>'.",
      "  Types of property 'http' are incompatible.",
      "    Type 'HttpHandler<FrameSocket>' is not assignable to type 'HttpHandler<WorkersSocket>'.",
      "      Property 'frames' is missing in type 'WorkersSocket' but required in type 'FrameSocket'.",
    ],
    "worker(¦websockets(webSocket('/', { pingInterval: 30_000 }, () => {})))": [
      "Argument of type 'WsRouter<CapableSocket<\"pings\">>' is not assignable to parameter of type 'App<WorkersSocket>'.",
      "Type 'WsRouter<CapableSocket<\"pings\">>' is not assignable to type 'WsRouter<WorkersSocket>'.",
      "  Type 'WorkersSocket' is not assignable to type 'CapableSocket<\"pings\">'.",
      "    Types of property 'link' are incompatible.",
      "      Type 'WorkersLink' is not assignable to type 'CapableLink<\"pings\">'.",
      '        Type \'CapableLink<"bufferedAmount" | "compression" | "flush" | "limits" | "records" | "sizes" | "statuses">\' is not assignable to type \'Required<Pick<WsLink, "pings">>\'.',
      "          Types of property 'pings' are incompatible.",
      "            Type 'PingTimes | undefined' is not assignable to type 'PingTimes'.",
      "              Type 'undefined' is not assignable to type 'PingTimes'.",
    ],
  })
})

describe('options', () => {
  mistakes({
    "webSocket('/', { ¦pingIntervall: 30_000 }, () => {})": [
      "Object literal may only specify known properties, but 'pingIntervall' does not exist in type 'KnownOptions<SessionRouteOptions>'. Did you mean to write 'pingInterval'?",
    ],
    "webSocket('/', { limits: { ¦maxMesageSize: 1 } }, () => {})": [
      "Object literal may only specify known properties, but 'maxMesageSize' does not exist in type 'AcceptLimits & Readonly<Record<never, never>>'. Did you mean to write 'maxMessageSize'?",
    ],
    'node({ ¦prt: 9000 })': [
      "Object literal may only specify known properties, but 'prt' does not exist in type 'NodeOptions'. Did you mean to write 'port'?",
    ],
    "accept(() => {}, { ¦protocl: 'chat' })": [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Object literal may only specify known properties, but 'protocl' does not exist in type 'AcceptOptions & { readonly mode?: \"messages\" | undefined; readonly limits?: KnownLimits<AcceptLimits> | undefined; }'. Did you mean to write 'protocol'?",
    ],
    "endpoint('/', { ¦fromSever: Message.text() })": [
      "Object literal may only specify known properties, but 'fromSever' does not exist in type 'EndpointSpec<Record<never, never>, NoMessages, NoMessages>'. Did you mean to write 'fromServer'?",
    ],
    "endpoint('/', { fromServer: Message.text().map(Number, String), ¦protcol: 'chat' })": [
      "Object literal may only specify known properties, but 'protcol' does not exist in type 'EndpointSpec<Record<never, never>, NoMessages, NoMessages>'. Did you mean to write 'protocol'?",
    ],
    'topics({ message: Message.text().map(Number, String), ¦histroy: {} })': [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Object literal may only specify known properties, but 'histroy' does not exist in type 'TopicOptions & PublishingLens<never> & KeepingHistory & NoBroker'. Did you mean to write 'history'?",
    ],
    'sharedTopics({ log, message: Message.text().map(Number, String), ¦pol: 100 })': [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Object literal may only specify known properties, but 'pol' does not exist in type 'SharedTopicsOptions & PublishingLens<number>'. Did you mean to write 'poll'?",
    ],
    'topic({ message: Message.text().map(Number, String), history: { ¦message: 3 } })': [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Object literal may only specify known properties, but 'message' does not exist in type 'HistoryOptions'. Did you mean to write 'messages'?",
    ],
    'topics({ ¦histroy: {} })': [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Object literal may only specify known properties, but 'histroy' does not exist in type 'TopicOptions & PublishingLens<never> & KeepingHistory & NoBroker'. Did you mean to write 'history'?",
    ],
  })
})

describe('values', () => {
  mistakes({
    "move.create({ x: 1, ¦y: 'a' })": ["Type 'string' is not assignable to type 'number'."],
    'topic({ message: move }).publish(¦{ x: 1 })': [
      "Property 'y' is missing in type '{ x: number; }' but required in type '{ x: number; y: number; }'.",
    ],
    'typed(socket, { receive: move, send: move }).send(¦{ x: 1 })': [
      "Property 'y' is missing in type '{ x: number; }' but required in type '{ x: number; y: number; }'.",
    ],
    'typed(socket, ¦{ send: move })': [
      'No overload matches this call.',
      'The last overload gave the following error.',
      "  Property 'receive' is missing in type '{ send: Lens<WsMessage, { x: number; y: number; }, { x: number; y: number; }>; }' but required in type 'TypedLenses<unknown, { x: number; y: number; }>'.",
    ],
    "bindEndpoint(chat, () => ¦'hello')": [
      "Type 'string' is not assignable to type 'MaybePromise<Response | ((socket: TypedWebsocket<never, { x: number; y: number; }, Websocket>) => unknown) | undefined>'.",
    ],
    "requestTo(chat, 'ws://localhost', ¦{ page: 2 })": [
      "Property 'room' is missing in type '{ page: number; }' but required in type '{ readonly page?: number | undefined; readonly room: string; }'.",
    ],
    'Message.json(¦class {})': [
      "Property ''~standard'' is missing in type 'typeof (Anonymous class)' but required in type 'StandardSchemaV1<unknown, unknown>'.",
    ],
  })
})

describe('habits', () => {
  mistakes({
    "socket.¦on('message', () => {})": ["Property 'on' does not exist on type 'Websocket'."],
    'socket.close(¦1001)': [
      "Argument of type 'number' is not assignable to parameter of type 'CloseReason'.",
    ],
    "webSocket('/', async (session) => { for await (const frame of ¦session) {} })": [
      "Type 'RoutedSession<\"/\">' must have a '[Symbol.asyncIterator]()' method that returns an async iterator.",
    ],
  })
})
