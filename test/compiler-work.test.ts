import { expect, test } from 'vitest'
import { userProject } from './support/user-project.ts'

// How long an editor takes, counted: types that the compiler makes of others. Time would depend on the machine.

const IMPORTS = `import { accept, bind, bindEndpoint, type Capable, endpoint, Message, Path, poly, Query, routes, websockets, webSocket, type WsFilter } from 'antiphon'
declare const filter: WsFilter
`

/** Applications of any size. */
const APPLICATIONS: Readonly<Record<string, (size: number) => string>> = {
  routes: (size) => `websockets(${repeated(size, socketRoute)})`,
  'routes of HTTP': (size) =>
    `routes(${repeated(size, (i) => `bind('/${i}/:a', ({ params }) => new Response(params.a))`)})`,
  'routes with different needs': (size) => `websockets(${repeated(size, anyRoute)})`,
  sessions: (size) => `websockets(${repeated(size, sessionRoute)})`,
  routers: (size) => `poly(${repeated(size, (i) => `websockets(${socketRoute(i)})`)})`,
  'routers in routers': (size) => nested(size, socketRoute(0)),
  endpoints: (size) => `websockets(${repeated(size, endpointRoute)})`,
  lenses: (size) =>
    `endpoint('/', { request: { ${repeated(size, (i) => `q${i}: Query.int().defaulted('q${i}', 1)`)} } })`,
  filters: (size) => `websockets(${socketRoute(0)})${'.withFilter(filter)'.repeat(size)}`,
}

function repeated(size: number, each: (index: number) => string): string {
  return Array.from({ length: size }, (_, index) => each(index)).join(',\n')
}

function socketRoute(i: number): string {
  return `bind('/${i}/:a', ({ params }) => (socket) => socket.send(params.a))`
}

function sessionRoute(i: number): string {
  return `webSocket('/${i}/:a', { pingInterval: 1 }, (session) => session.send(session.call.parameters.a))`
}

function anyRoute(i: number): string {
  const kinds = [
    socketRoute(i),
    sessionRoute(i),
    `bind('/${i}', () => accept((socket) => socket.close(), { limits: { maxFrameSize: 1 } }))`,
    `bind('/${i}', async () => (socket: Capable<'ping'>) => socket.link.ping())`,
    `bind('/${i}', (request) => (request.path === '/' ? undefined : accept((socket) => socket.frames, { mode: 'frames' })))`,
  ]
  return kinds[i % kinds.length] ?? ''
}

function endpointRoute(i: number): string {
  const room = `endpoint('/${i}/:room/:seat', { request: { seat: Path.int().required('seat') }, fromServer: Message.text() })`
  return `bindEndpoint(${room}, ({ room, seat }) => (socket) => socket.send(room + seat))`
}

function nested(depth: number, route: string): string {
  return depth === 0
    ? `websockets(${route})`
    : nested(depth - 1, `bind('/${depth}', websockets(${route}))`)
}

/** The instantiations that it takes to check this application. */
async function instantiations(name: string, application: string): Promise<number> {
  const project = userProject(`compiler-work-${name.replaceAll(' ', '-')}`)
  const file = project.write('app.ts', `${IMPORTS}export const app = ${application}\n`)
  const options = { lib: ['es2022', 'dom'], types: [], skipLibCheck: true, declaration: false }
  const lines = await project.compile([file], options, ['--extendedDiagnostics'])
  expect(lines.filter((line) => line.includes('error TS'))).toEqual([])
  const count = lines.find((line) => line.startsWith('Instantiations:'))
  return Number(count?.replace('Instantiations:', ''))
}

const SIZE = 300

// If one of them costs more the more there are, three hundred are far beyond this.
test.each([
  ['routes', 130],
  ['routes of HTTP', 115],
  ['routes with different needs', 145],
  ['sessions', 140],
  ['routers', 155],
  ['routers in routers', 95],
  ['endpoints', 275],
  ['lenses', 1],
  ['filters', 2],
])('three hundred %s take the compiler at most %i instantiations each', async (name, bound) => {
  const count = await instantiations(name, APPLICATIONS[name]?.(SIZE) ?? '')
  expect(count).toBeGreaterThan(0)
  expect(count / SIZE).toBeLessThanOrEqual(bound)
})
