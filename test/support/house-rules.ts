import { posix } from 'node:path'
import { type Expression, parseSync, type TSSignature, type TSTypeName, Visitor } from 'oxc-parser'
import { importedModules } from './imports.ts'

/** One room a runtime, and the one for tests. */
const RUNTIMES: readonly string[] = ['node', 'bun', 'deno', 'cloudflare', 'client', 'testing']

/** The rooms of `src/`, floor by floor: a room imports from itself and from lower floors. */
const FLOORS: readonly (readonly string[])[] = [
  ['protocol'],
  ['websocket'],
  ['lens', 'format'],
  ['session'],
  ['routing', 'topics'],
  ['filters', 'serving', 'endpoint'],
  [...RUNTIMES, 'opentelemetry'],
  ['cli'],
]

/** Doors between two rooms of one floor, one way: importer, imported. */
const DOORS: readonly (readonly [string, string])[] = [
  ['lens', 'format'],
  ['testing', 'cloudflare'],
]

/** Where the files are that are in no folder of their room. */
const ITSELF = 'the room itself'

/** The folders of the large rooms, in order: each imports from itself and from those before it. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  protocol: [
    'bytes',
    'errors',
    'close',
    'headers',
    'frame',
    'extension',
    'connection',
    'deflate',
    'handshake',
    ITSELF,
  ],
  websocket: ['support', 'request', ITSELF, 'socket', 'whole-messages', 'client'],
  topics: [ITSELF, 'shared'],
  session: ['channel', ITSELF, 'typed', 'low-level', 'client'],
  node: ['bytes', 'zlib', 'http', 'stream', 'upgrade', 'client', ITSELF],
  cli: ['terminal', 'arguments', 'shared', 'connect', 'load', 'replay', ITSELF],
  testing: ['clock', 'expect', 'offline', 'replay', 'durable-object', 'contract', ITSELF],
}

/** Rooms that may use Node itself. */
const NODE_ROOMS: readonly string[] = ['node', 'testing', 'cli']

/** Rooms that may import packages: the runtimes, and formats by the libraries that own them. */
const PACKAGE_ROOMS: readonly string[] = ['format', 'opentelemetry', ...RUNTIMES, 'cli']

/** The floors that the main entry, `src/index.ts`, is made of. */
const INDEX_FLOORS = { lowest: 0, highest: 5 } as const

const NODE_GLOBALS: readonly string[] = [
  'Buffer',
  'NodeJS',
  'process',
  'require',
  'setImmediate',
  '__dirname',
  '__filename',
]

/** Where it is first seen whether there is one, and done without where there is none. */
const DETECTED: readonly (readonly [string, string])[] = [
  ['filters/turn-time.ts', 'process'],
  ['deno/deno-transport.ts', 'setImmediate'],
]

/** What a connection cannot do is absent, lest the types of those that can say `undefined`. */
const LINK = 'websocket/ws-link.ts'

const MAX_LINES = 300

const MACHINE_PATH: RegExp =
  /(?<![\w.:/-])(?:\/(?:home|Users)\/[\w.-]+\/|\/(?:root|work|workspaces?|mnt)\/\w|\/var\/folders\/|[A-Z]:\\\w)[^\s"'`)]*/g

/** What one file of `src/` does against the rules of the house; `path` is relative to `src/`, with slashes. */
export function houseRuleBreaches(path: string, text: string): string[] {
  const breaches: { readonly at: number; readonly what: string }[] = []
  const breach = (at: number, what: string): void => {
    breaches.push({ at, what })
  }
  const room = path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined
  const neutral = room === undefined || !NODE_ROOMS.includes(room)
  const { program, comments, errors } = parseSync(path, text)
  for (const error of errors) breach(error.labels[0]?.start ?? 0, error.message)

  if (room === undefined ? path !== 'index.ts' : floorOf(room) < 0) {
    breach(0, 'stands in no room of the house')
  } else if (room !== undefined && !foldersOf(room).includes(folderOf(path))) {
    breach(0, `stands in no folder of ${room}`)
  }
  const lines = text.split('\n').length - 1
  if (lines > MAX_LINES) breach(0, `has ${lines} lines, at most ${MAX_LINES} are allowed`)

  for (const module of importedModules(program)) {
    if (module.type !== 'Literal' || typeof module.value !== 'string') {
      breach(module.start, 'imports what only a run can tell')
      continue
    }
    const fault = importFault(path, room, module.value)
    if (fault !== undefined) breach(module.start, `imports '${module.value}': ${fault}`)
  }
  const uses = (named: Expression | TSTypeName | { readonly type: 'Super' }): void => {
    if (neutral && named.type === 'Identifier' && NODE_GLOBALS.includes(named.name)) {
      breach(named.start, `uses ${named.name}, which only Node has`)
    }
  }
  const takes = (name: string, at: number): void => {
    const detected = DETECTED.some(([file, global]) => file === path && global === name)
    if (neutral && NODE_GLOBALS.includes(name) && !detected) {
      breach(at, `takes ${name} from globalThis, where only Node has it`)
    }
  }
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      const from = init?.type === 'TSAsExpression' ? init.expression : init
      if (from?.type !== 'Identifier' || from.name !== 'globalThis') return
      if (id.type !== 'ObjectPattern') return
      for (const property of id.properties) {
        if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
        takes(property.key.name, property.start)
      }
    },
    MemberExpression: (node) => uses(node.object),
    CallExpression: (node) => uses(node.callee),
    TSTypeReference: (node) => uses(node.typeName),
    TSQualifiedName: (node) => uses(node.left),
    ExportDefaultDeclaration: (node) => breach(node.start, 'has a default export'),
    TSInterfaceDeclaration: ({ body }) => {
      for (const member of path === LINK ? [] : body.body.filter(refusesUndefined)) {
        breach(member.start, 'has an optional property that refuses undefined')
      }
    },
    MetaProperty: (node) => {
      if (room !== 'cli' && node.meta.name === 'import') {
        breach(
          node.start,
          'says import.meta, which CommonJS made of it by Babel or TypeScript lacks',
        )
      }
    },
    TSAnyKeyword: (node) => breach(node.start, 'says any'),
    TSAsExpression: ({ start, expression }) => {
      if (
        expression.type === 'TSAsExpression' &&
        expression.typeAnnotation.type === 'TSUnknownKeyword'
      ) {
        breach(start, 'casts by way of unknown')
      }
    },
  }).visit(program)
  for (const comment of comments) {
    const silenced = /@ts-(?:ignore|expect-error|nocheck)/.exec(comment.value)
    if (silenced !== null) breach(comment.start, `silences the compiler with ${silenced[0]}`)
  }

  return breaches
    .sort((a, b) => a.at - b.at)
    .map(({ at, what }) => `src/${path}:${text.slice(0, at).split('\n').length} ${what}`)
}

/** With `exactOptionalPropertyTypes`, `{ port: given ? 1 : undefined }` does not compile with such an option. */
function refusesUndefined(member: TSSignature): boolean {
  if (member.type !== 'TSPropertySignature' || !member.optional) return false
  const type = member.typeAnnotation?.typeAnnotation
  const types = type?.type === 'TSUnionType' ? type.types : [type]
  return !types.some((each) => each?.type === 'TSUndefinedKeyword')
}

/** The paths in a text that exist on one machine only. */
export function machinePaths(text: string): string[] {
  return text.match(MACHINE_PATH) ?? []
}

function importFault(path: string, room: string | undefined, name: string): string | undefined {
  if (name.startsWith('node:')) {
    return room !== undefined && NODE_ROOMS.includes(room)
      ? undefined
      : `only ${NODE_ROOMS.join(', ')} may use Node`
  }
  if (!name.startsWith('.')) {
    return room !== undefined && PACKAGE_ROOMS.includes(room)
      ? undefined
      : 'this room stands without packages'
  }
  const target = posix.join(posix.dirname(path), name)
  if (target.startsWith('../')) return 'it is outside of src'
  const [other = ''] = target.split('/')
  const floor = floorOf(other)
  if (room === undefined) {
    return floor >= INDEX_FLOORS.lowest && floor <= INDEX_FLOORS.highest
      ? undefined
      : `the main entry holds floors ${INDEX_FLOORS.lowest} to ${INDEX_FLOORS.highest}`
  }
  if (floor < 0) return 'it is no room of the house'
  if (other === room) return folderFault(room, folderOf(path), folderOf(target))
  if (floor < floorOf(room)) return undefined
  if (floor > floorOf(room)) return `${other} stands above ${room}`
  return DOORS.some(([from, to]) => from === room && to === other)
    ? undefined
    : `${room} and ${other} stand side by side`
}

function folderFault(room: string, from: string, to: string): string | undefined {
  const folders = foldersOf(room)
  return folders.indexOf(to) <= folders.indexOf(from) ? undefined : `${to} comes after ${from}`
}

function foldersOf(room: string): readonly string[] {
  return FOLDERS[room] ?? [ITSELF]
}

function folderOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/')
  return rest.length > 0 ? folder : ITSELF
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room))
}
