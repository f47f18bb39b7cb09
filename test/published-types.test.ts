import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { undocumentedNames, undocumentedOptions, unnamedTypes } from './support/unnamed-types.ts'
import { ROOT, type UserProject, userProject } from './support/user-project.ts'

const { exports }: { exports: Readonly<Record<string, string | { readonly types: string }>> } =
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** Those of the entry points, as `npm run build` has left them. */
const ENTRIES = Object.values(exports).flatMap((target) =>
  typeof target === 'string' ? [] : [join(ROOT, target.types)],
)

/** Those that need no types of Node. */
const PORTABLE = ENTRIES.filter((file) => !/[\\/](?:node|testing)[\\/]index/.test(file))

let project: UserProject
beforeEach(() => {
  project = userProject('published-types')
})

/** The compiler's complaints about these files and all that they import, declarations included. */
function complaints(
  files: readonly string[],
  lib: readonly string[],
  types: readonly string[] = ['node'],
): Promise<string[]> {
  return project.compile(files, { lib, types, skipLibCheck: false })
}

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
  const types = project.write('types.d.ts', 'export declare const headers: HeadersInit\n')
  expect(await complaints([types], ['es2022'])).toEqual([
    expect.stringContaining("Cannot find name 'HeadersInit'"),
  ])
})

test('an application that is exported needs no annotation for its declaration', async () => {
  const module = project.write(
    'app.ts',
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
  const types = project.write(
    'index.d.ts',
    '/** A. */\nexport interface A {}\nexport declare function b(): A;\n',
  )
  expect(undocumentedNames([types])).toEqual(['b'])
})

test('every option says in an editor what it is', () => {
  expect(undocumentedOptions(ENTRIES)).toEqual([])
  const types = project.write(
    'index.d.ts',
    'export interface A {\n    /** A. */\n    readonly a?: 1;\n    readonly b?: 1;\n    c: 1;\n}\n',
  )
  expect(undocumentedOptions([types])).toEqual(['A.b'])
})
