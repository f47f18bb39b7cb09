import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { undocumentedNames, unnamedTypes } from './support/unnamed-types.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Within `node_modules`, so that the types of packages are found from there. */
const FOLDER = join(ROOT, 'node_modules/.cache/published-types')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const { exports }: { exports: Readonly<Record<string, string | { readonly types: string }>> } =
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** Those of the entry points, as `npm run build` has left them. */
const ENTRIES = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [join(ROOT, target.types)],
)

/** Those that need no types of Node. */
const PORTABLE = ENTRIES.filter((file) => !/[\\/](?:node|testing)[\\/]index/.test(file))

/** The compiler's complaints about these files and all that they import, declarations included. */
function complaints(
  files: readonly string[],
  lib: readonly string[],
  types: readonly string[] = ['node'],
): Promise<string[]> {
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    lib,
    types,
    strict: true,
    declaration: true,
    preserveSymlinks: true,
    noEmit: true,
    skipLibCheck: false,
  }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '--pretty', 'false'], { cwd: FOLDER }, (_error, stdout) =>
      resolve(stdout.split('\n').filter((line) => line !== '')),
    )
  })
}

beforeEach(() => {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(join(FOLDER, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(FOLDER, 'node_modules/antiphon'))
})

test.each([
  ['no types of the DOM', ['es2022']],
  ['the types of the DOM', ['es2022', 'dom']],
])('the published types stand in a project of Node that has %s', async (_title, lib) => {
  expect(ENTRIES.length).toBeGreaterThan(5)
  expect(await complaints(ENTRIES, lib)).toEqual([])
})

test('the published types stand in a project of pages', async () => {
  expect(PORTABLE).toHaveLength(ENTRIES.length - 2)
  expect(await complaints(PORTABLE, ['es2022', 'dom'], [])).toEqual([])
})

test('a name that only the DOM has is noticed', async () => {
  const types = join(FOLDER, 'types.d.ts')
  writeFileSync(types, 'export declare const headers: HeadersInit\n')
  expect(await complaints([types], ['es2022'])).toEqual([
    expect.stringContaining("Cannot find name 'HeadersInit'"),
  ])
})

test('an application that is exported needs no annotation for its declaration', async () => {
  const module = join(FOLDER, 'app.ts')
  writeFileSync(
    module,
    `import { accept, bind, bindEndpoint, connectTo, endpoint, Message, Path, Query, websockets, webSocket, webSocketEndpoint } from 'antiphon'
    import { connect } from 'antiphon/client'
    import type { AcceptLimits, AnyDecision, BoundResult, PathParams, Route, SessionRouteOptions, UpgradeRequest } from 'antiphon'
    export const limited = (limits: AcceptLimits) => accept(() => {}, { limits })
    export const chat = (options: SessionRouteOptions) => webSocket('/chat', options, () => {})
    export const pinged = webSocket('/a', { pingInterval: 30_000 }, () => {})
    export const bounded = bind('/b', () => accept(() => {}, { limits: { maxFrameSize: 1 } }))
    export const app = websockets(pinged)
    export const both = websockets(pinged, bounded, bind('/c', () => () => {}))
    export const nested = both.withBasePath('/d')
    export const room = endpoint('/rooms/:room/:seat', {
      request: { seat: Path.int().required('seat'), after: Query.date().optional('after') },
      fromServer: Message.json(),
    })
    export const bySocket = bindEndpoint(room, { limits: { maxFrameSize: 1 } }, () => () => {})
    export const bySession = webSocketEndpoint(room, { pingInterval: 30_000 }, () => {})
    export const client = connectTo(room, 'ws://localhost', { room: 'a', seat: 1 }, connect)
    export const rooms = websockets(bySocket, bySession)
    export const logged = <const P extends string, R extends BoundResult>(
      path: P,
      handler: (request: UpgradeRequest<PathParams<P>>) => R,
    ) => bind(path, handler)
    export const upgrades = <R extends readonly Route<AnyDecision>[]>(...routes: R) => websockets(...routes)`,
  )
  expect(await complaints([module], ['es2022'])).toEqual([])
})

test('what does not suit an engine is said in a few words', async () => {
  const module = join(FOLDER, 'mistakes.ts')
  writeFileSync(
    module,
    `import { bind, endpoint, Message, poly, Query, requestTo, routes, serve, typed, webSocketRaw, websockets } from 'antiphon'
    import { bun } from 'antiphon/bun'
    serve(websockets(webSocketRaw('/', () => {})), bun())
    poly({ http: () => 'pong' })
    poly(bind('/', () => undefined))
    bind('/rooms/:room', ({ params }) => new Response(params.rom))
    bind('/', () => (socket) => typed(socket, { send: Message.text() }))
    const page = Query.int().defaulted('page', 1)
    requestTo(endpoint('/rooms/:room', { request: { page } }), '', { page: 2 })`,
  )
  const lines = await complaints([module], ['es2022'])
  expect(lines.map((line) => line.replace(/^\S+: error TS\d+: /, ''))).toEqual([
    "Argument of type 'WsRouter<FrameSocket>' is not assignable to parameter of type 'App<BunSocket>'.",
    "  Type 'WsRouter<FrameSocket>' is not assignable to type 'WsRouter<BunSocket>'.",
    "    Property 'frames' is missing in type 'BunSocket' but required in type 'FrameSocket'.",
    'No overload matches this call.',
    '  The last overload gave the following error.',
    "    Type '() => string' is not assignable to type 'HttpHandler<Websocket>'.",
    "      Type 'string' is not assignable to type 'MaybePromise<Response | WebSocketUpgrade<Websocket>>'.",
    'No overload matches this call.',
    '  The last overload gave the following error.',
    "    Argument of type 'Route<undefined>' is not assignable to parameter of type 'HttpRouter<Websocket> | PolyParts<Websocket> | WsRouter<Websocket>'.",
    "      Type 'Route<undefined>' is missing the following properties from type 'WsRouter<Websocket>': withFilter, withHandshake",
    "Property 'rom' does not exist on type '{ readonly room: string; }'. Did you mean 'room'?",
    'No overload matches this call.',
    '  The last overload gave the following error.',
    "    Property 'receive' is missing in type '{ send: Lens<WsMessage, string, string>; }' but required in type 'TypedLenses<unknown, string>'.",
    "Property 'room' is missing in type '{ page: number; }' but required in type '{ readonly page?: number | undefined; readonly room: string; }'.",
  ])
})

test('the types in public signatures have public names', () => {
  // What comes out of them, the compiler shows.
  const computed = [/^Needing, in accept$/, /^(?:PolledLacks|WebSocketsLacking), /]
  // Only our own modules have them to give, or to take.
  const inside = [/, in (?:Connection|WsMessage|upgradeRequest)$/]
  const known = [...computed, ...inside]
  const unnamed = unnamedTypes(ENTRIES)
  expect(unnamed.filter((each) => !known.some((pattern) => pattern.test(each)))).toEqual([])
  expect(known.filter((pattern) => !unnamed.some((each) => pattern.test(each)))).toEqual([])
})

test('every public name says in an editor what it is', () => {
  // A namespace, for which its module says it.
  expect(undocumentedNames(ENTRIES)).toEqual(['Opcode'])
  const types = join(FOLDER, 'index.d.ts')
  writeFileSync(types, '/** A. */\nexport interface A {}\nexport declare function b(): A;\n')
  expect(undocumentedNames([types])).toEqual(['b'])
})
