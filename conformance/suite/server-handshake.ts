import { encodeFrame } from '../tester/encode.ts'
import { acceptOf, SAMPLE_KEY } from '../tester/http.ts'
import type { HandshakeCase } from './handshake.ts'
import { textEcho } from './steps.ts'

type Field = readonly [name: string, value: string]

const HOST: Field = ['Host', '127.0.0.1']
const UPGRADE: Field = ['Upgrade', 'websocket']
const CONNECTION: Field = ['Connection', 'Upgrade']
const KEY: Field = ['Sec-WebSocket-Key', SAMPLE_KEY]
const VERSION: Field = ['Sec-WebSocket-Version', '13']
const ALL: readonly Field[] = [HOST, UPGRADE, CONNECTION, KEY, VERSION]

interface Changes {
  readonly line?: string
  /** In place of the field of the same name; `null` for none. */
  readonly set?: Readonly<Record<string, string | null>>
  /** Behind the others. */
  readonly add?: readonly Field[]
}

function request({ line = 'GET / HTTP/1.1', set = {}, add = [] }: Changes = {}): string {
  const fields = ALL.flatMap(([name, value]): readonly Field[] => {
    const changed = set[name]
    if (changed === null) return []
    return [[name, changed ?? value]]
  })
  const lines = [...fields, ...add].map(([name, value]) => `${name}: ${value}`)
  return `${[line, ...lines].join('\r\n')}\r\n\r\n`
}

const OPENED: HandshakeCase['expect'] = {
  status: [101],
  fields: {
    'sec-websocket-accept': acceptOf(SAMPLE_KEY),
    upgrade: 'websocket',
    connection: 'upgrade',
    'sec-websocket-protocol': null,
    'sec-websocket-extensions': null,
  },
}
const opens = (title: string, changes: Changes, rfc = '4.2.1'): Test => ({
  title,
  rfc,
  message: request(changes),
  expect: OPENED,
})
const refuses = (
  status: number | readonly number[],
  title: string,
  changes: Changes,
  rfc = '4.2.1',
): Test => ({
  title,
  rfc,
  message: request(changes),
  expect: { status: typeof status === 'number' ? [status] : status },
})

type Test = Omit<HandshakeCase, 'id' | 'only'>

const frame = (payload: string): Uint8Array =>
  encodeFrame({ opcode: 1, payload }, 'client', Uint8Array.of(1, 2, 3, 4))

const valid: readonly Test[] = [
  opens('the request of a browser', {
    add: [
      ['Origin', 'http://127.0.0.1'],
      ['User-Agent', 'tester/1'],
      ['Pragma', 'no-cache'],
    ],
  }),
  {
    title: 'the same with all names in lower case',
    rfc: '4.2.1',
    message: request().replace(/^[\w-]+(?=:)/gm, (name) => name.toLowerCase()),
    expect: OPENED,
  },
  opens('the value of Upgrade in capitals', { set: { Upgrade: 'WEBSOCKET' } }),
  opens('Connection with several elements', { set: { Connection: 'keep-alive, Upgrade' } }),
  opens('the element of Connection in lower case', { set: { Connection: 'upgrade' } }),
  opens(
    'Upgrade with another protocol besides',
    { set: { Upgrade: 'h2c, websocket' } },
    'RFC 9110, 7.8',
  ),
  opens('a target with path and query', { line: 'GET /chat/one?two=three%20four HTTP/1.1' }),
  opens('a target in absolute form', { line: 'GET http://127.0.0.1/ HTTP/1.1' }, 'RFC 9112, 3.2.2'),
  opens('no whitespace behind colons, tabs and spaces before line ends', {
    set: { Upgrade: 'websocket \t' },
  }),
  opens('a Content-Length of 0', { add: [['Content-Length', '0']] }, 'RFC 9110, 8.6'),
  opens('a subprotocol nobody speaks', { add: [['Sec-WebSocket-Protocol', 'nobody.speaks.this']] }),
  opens(
    'an extension nobody knows',
    {
      add: [['Sec-WebSocket-Extensions', 'x-nobody; knows=this, x-this; too']],
    },
    '9.1',
  ),
  opens(
    'permessage-deflate with a parameter it does not have',
    {
      add: [['Sec-WebSocket-Extensions', 'permessage-deflate; unknown=1']],
    },
    'RFC 7692, 7.1',
  ),
  opens(
    'permessage-deflate with a window of 16 bits',
    {
      add: [['Sec-WebSocket-Extensions', 'permessage-deflate; server_max_window_bits=16']],
    },
    'RFC 7692, 7.1.2.1',
  ),
  opens(
    'permessage-deflate with the same parameter twice',
    {
      add: [
        [
          'Sec-WebSocket-Extensions',
          'permessage-deflate; client_no_context_takeover; client_no_context_takeover',
        ],
      ],
    },
    'RFC 7692, 7.1',
  ),
  {
    title: 'a text in the same bytes as the request',
    rfc: '4.1',
    message: request(),
    behind: frame('at once'),
    expect: { ...OPENED, events: [textEcho('at once')] },
  },
  {
    title: 'two texts and half a frame in the same bytes as the request',
    rfc: '4.1',
    message: request(),
    behind: Buffer.concat([frame('one'), frame('two'), frame('three').subarray(0, 4)]),
    expect: { ...OPENED, events: [textEcho('one'), textEcho('two')] },
  },
]

const invalid: readonly Test[] = [
  refuses([405, 400], 'POST in place of GET', { line: 'POST / HTTP/1.1' }),
  refuses([400, 426, 505], 'HTTP/1.0', { line: 'GET / HTTP/1.0' }),
  refuses(400, 'HTTP/1.2 that is none', { line: 'GET / HTTX/1.1' }, 'RFC 9112, 3'),
  refuses([426, 400], 'no Upgrade', { set: { Upgrade: null } }),
  refuses([426, 400], 'an Upgrade to something else', { set: { Upgrade: 'h2c' } }),
  refuses([426, 400], 'an Upgrade that only begins like it', { set: { Upgrade: 'websocket2' } }),
  refuses([426, 400], 'no Connection', { set: { Connection: null } }),
  refuses([426, 400], 'a Connection without Upgrade', { set: { Connection: 'keep-alive' } }),
  refuses(400, 'no Host', { set: { Host: null } }, 'RFC 9112, 3.2'),
  refuses(400, 'no key', { set: { 'Sec-WebSocket-Key': null } }),
  refuses(400, 'an empty key', { set: { 'Sec-WebSocket-Key': '' } }),
  refuses(400, 'a key of 15 bytes', { set: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAA' } }),
  refuses(400, 'a key of 17 bytes', { set: { 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAAA=' } }),
  refuses(400, 'a key that is not base64', {
    set: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j*Q==' },
  }),
  refuses(400, 'two keys', { add: [KEY] }),
  ...(
    [
      ['no version', null],
      ['version 8', '8'],
      ['version 0', '0'],
      ['version 14', '14'],
      ['version 013', '013'],
      ['two versions', '13, 8'],
    ] as const
  ).map(
    ([title, version]): Test => ({
      title,
      rfc: '4.2.2',
      message: request({ set: { 'Sec-WebSocket-Version': version } }),
      expect: { status: [426, 400], fields: { 'sec-websocket-version': '13' } },
    }),
  ),
  refuses(
    400,
    'a subprotocol that is no token',
    {
      add: [['Sec-WebSocket-Protocol', 'chat, super chat']],
    },
    '4.1',
  ),
  refuses(400, 'a subprotocol twice', { add: [['Sec-WebSocket-Protocol', 'chat, chat']] }, '4.1'),
  refuses(400, 'an empty list of subprotocols', { add: [['Sec-WebSocket-Protocol', ',']] }, '4.1'),
  ...(
    [
      ['extensions without a name', '; a=b'],
      ['a parameter without a name', 'a; =b'],
      ['a quoted value that does not end', 'a; b="c'],
      ['a quoted value that is no token', 'a; b="c d"'],
      ['two names without a comma', 'a b'],
    ] as const
  ).map(([title, value]) =>
    refuses(400, title, { add: [['Sec-WebSocket-Extensions', value]] }, '9.1'),
  ),
  refuses(400, 'a body, by Content-Length', { add: [['Content-Length', '5']] }, 'RFC 9112, 6'),
  refuses(
    400,
    'a body, by Transfer-Encoding',
    { add: [['Transfer-Encoding', 'chunked']] },
    'RFC 9112, 6',
  ),
  refuses(
    400,
    'both Content-Length and Transfer-Encoding',
    {
      add: [
        ['Content-Length', '5'],
        ['Transfer-Encoding', 'chunked'],
      ],
    },
    'RFC 9112, 6.1',
  ),
  refuses(
    400,
    'two lengths',
    {
      add: [
        ['Content-Length', '5'],
        ['Content-Length', '6'],
      ],
    },
    'RFC 9112, 6.3',
  ),
  refuses(403, 'a page of another host', { add: [['Origin', 'https://evil.example']] }, '10.2'),
  refuses(403, 'a page of no origin', { add: [['Origin', 'null']] }, '10.2'),
  refuses(431, 'a header of 32 KiB', { add: [['X-Large', 'x'.repeat(32_768)]] }, 'RFC 6585, 5'),
  refuses(
    400,
    'a header with whitespace before its colon',
    { add: [['X-Space ', 'x']] },
    'RFC 9112, 5.1',
  ),
  refuses(400, 'a header with a NUL', { add: [['X-Nul', 'a\u0000b']] }, 'RFC 9110, 5.5'),
  refuses(400, 'a header with a CR in it', { add: [['X-Cr', 'a\rb']] }, 'RFC 9110, 5.5'),
  {
    title: 'lines that end in LF alone',
    rfc: 'RFC 9112, 2.2',
    message: request().replaceAll('\r\n', '\n'),
    expect: { status: [400, 101] },
  },
  {
    title: 'bytes that are no HTTP',
    rfc: 'RFC 9112, 3',
    message: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n',
    expect: { status: [400] },
  },
  refuses(400, 'an empty Host', { set: { Host: '' } }, '4.2.1'),
  refuses(400, 'a Host with a path in it', { set: { Host: '127.0.0.1/admin?' } }, 'RFC 9112, 3.2'),
  refuses(400, 'two Hosts', { add: [HOST] }, 'RFC 9112, 3.2'),
  refuses(
    400,
    'a header that goes on in a second line',
    { add: [['X-Fold', 'a\r\n b']] },
    'RFC 9112, 5.2',
  ),
]

/** 8.1: the opening handshake, as a server sees it. */
export const serverHandshake: readonly HandshakeCase[] = [...valid, ...invalid].map((test, i) => ({
  id: `8.1.${i + 1}`,
  only: 'server',
  ...test,
}))
