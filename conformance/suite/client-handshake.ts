import { encodeFrame } from '../tester/encode.ts'
import type { HandshakeCase } from './handshake.ts'
import { textEcho } from './steps.ts'

type Test = Omit<HandshakeCase, 'id' | 'only' | 'rfc'> & { readonly rfc?: string }

const LINE = 'HTTP/1.1 101 Switching Protocols'
const FIELDS = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Accept': '{accept}',
} as const

interface Changes {
  readonly line?: string
  readonly set?: Partial<Record<keyof typeof FIELDS, string | null>>
  readonly add?: readonly string[]
}

function response({ line = LINE, set = {}, add = [] }: Changes = {}): string {
  const lines = Object.entries({ ...FIELDS, ...set }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  )
  return `${[line, ...lines, ...add].join('\r\n')}\r\n\r\n`
}

const opens = (title: string, changes: Changes, rfc?: string): Test => ({
  title,
  message: response(changes),
  expect: { status: [101] },
  ...(rfc !== undefined && { rfc }),
})
const refuses = (title: string, changes: Changes, rfc?: string): Test => ({
  title,
  message: response(changes),
  expect: { status: [0] },
  ...(rfc !== undefined && { rfc }),
})

const frame = (payload: string): Uint8Array =>
  encodeFrame({ opcode: 1, payload }, 'server', new Uint8Array())

const tests: readonly Test[] = [
  opens('the answer of the RFC', {}),
  opens('no reason in the status line', { line: 'HTTP/1.1 101 ' }, 'RFC 9112, 4'),
  opens('names in lower case, values in capitals', {
    set: { Upgrade: 'WebSocket', Connection: 'UPGRADE' },
  }),
  opens('Connection with several elements', { set: { Connection: 'keep-alive, Upgrade' } }),
  opens('further headers', { add: ['Server: tester', 'Set-Cookie: a=b', 'Set-Cookie: c=d'] }),
  {
    title: 'an interim response before it',
    rfc: 'RFC 9110, 15.2',
    message: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response()}`,
    expect: { status: [101] },
  },
  {
    title: 'a text in the same bytes',
    message: response(),
    behind: frame('at once'),
    expect: { status: [101], events: [textEcho('at once')] },
  },
  {
    title: 'two texts and half a frame in the same bytes',
    message: response(),
    behind: Buffer.concat([frame('one'), frame('two'), frame('three').subarray(0, 4)]),
    expect: { status: [101], events: [textEcho('one'), textEcho('two')] },
  },
  ...['200 OK', '100 Continue', '301 Moved', '400 Bad Request', '401 Unauthorized', '503 Busy'].map(
    (status) =>
      refuses(`status ${status.slice(0, 3)}`, {
        line: `HTTP/1.1 ${status}`,
        ...(status.startsWith('1') ? {} : { add: ['Content-Length: 0'] }),
      }),
  ),
  refuses('no Upgrade', { set: { Upgrade: null } }),
  refuses('an Upgrade to something else', { set: { Upgrade: 'h2c' } }),
  refuses('no Connection', { set: { Connection: null } }),
  refuses('a Connection without Upgrade', { set: { Connection: 'close' } }),
  refuses('no Sec-WebSocket-Accept', { set: { 'Sec-WebSocket-Accept': null } }),
  refuses('an empty Sec-WebSocket-Accept', { set: { 'Sec-WebSocket-Accept': '' } }),
  refuses("the Sec-WebSocket-Accept of another's key", {
    set: { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' },
  }),
  refuses('the Sec-WebSocket-Accept twice', { add: ['Sec-WebSocket-Accept: {accept}'] }),
  refuses('a subprotocol that was not offered', { add: ['Sec-WebSocket-Protocol: chat'] }),
  refuses(
    'an extension that was not offered',
    { add: ['Sec-WebSocket-Extensions: x-other'] },
    '9.1',
  ),
  refuses('malformed extensions', { add: ['Sec-WebSocket-Extensions: a; ='] }, '9.1'),
  refuses(
    'permessage-deflate twice',
    { add: ['Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate'] },
    'RFC 7692, 5.2',
  ),
  refuses(
    'permessage-deflate with a parameter it does not have',
    { add: ['Sec-WebSocket-Extensions: permessage-deflate; unknown'] },
    'RFC 7692, 7.1',
  ),
  refuses(
    'permessage-deflate with a window of 7 bits',
    { add: ['Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=7'] },
    'RFC 7692, 7.1.2.1',
  ),
  refuses(
    'permessage-deflate with client_max_window_bits, but no value',
    { add: ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'] },
    'RFC 7692, 7.1.2.2',
  ),
  refuses(
    'a version of HTTP there is not',
    { line: 'HTTP/3.7 101 Switching Protocols' },
    'RFC 9112, 4',
  ),
  {
    title: 'bytes that are no HTTP',
    rfc: 'RFC 9112, 4',
    message: 'SSH-2.0-OpenSSH_9.6\r\n\r\n',
    expect: { status: [0] },
  },
  {
    title: 'a head of 1 MiB',
    rfc: '10.4',
    message: response({ add: [`X-Large: ${'x'.repeat(1_048_576)}`] }),
    expect: { status: [0] },
  },
  { title: 'nothing, and the end', message: '', expect: { status: [0] } },
  { title: 'half a head, and the end', message: response().slice(0, 60), expect: { status: [0] } },
]

/** 8.2: the opening handshake, as a client sees it. */
export const clientHandshake: readonly HandshakeCase[] = tests.map((test, i) => ({
  id: `8.2.${i + 1}`,
  only: 'client',
  rfc: '4.1',
  ...test,
}))
