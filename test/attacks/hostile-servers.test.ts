import {
  afterEach,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  onTestFinished,
  vi,
} from 'vitest'
import { connect, open } from '../../src/node/client/connect.ts'
import type { WsStatus } from '../../src/websocket/ws-status.ts'
import { bytes } from '../support/hex.ts'
import { type RawConnection, rawServer } from '../support/raw-server.ts'

/** What an application that listens to no errors gets to see of them. */
let said: MockInstance<typeof console.error>

beforeEach(() => {
  said = vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  said.mockRestore()
})

/** Milliseconds for opening: what a server sends takes long to read on a machine that is busy. */
const PATIENCE = 50_000

interface Outcome {
  readonly status: WsStatus
  readonly heard: readonly string[]
}

/** How it ends for a client that leaves after its first message. */
async function outcome(talk: (connection: RawConnection) => unknown): Promise<Outcome> {
  await using server = await rawServer(talk)
  const heard: string[] = []
  const status = await new Promise<WsStatus>((resolve) => {
    const socket = open(server.url, { timeout: PATIENCE }, (own) => {
      own.onMessage((message) => {
        heard.push(message.mode === 'text' ? message.text() : `${message.byteLength} bytes`)
        own.close()
      })
    })
    socket.onClose(resolve)
  })
  return { status, heard }
}

const switching = ({ accept }: RawConnection, ...lines: readonly string[]): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...lines,
    '\r\n',
  ].join('\r\n')

const hello = Buffer.from(bytes('81 05 68656c6c6f  88 02 03e8'))

describe('a server that does not answer as it should', () => {
  it.each<[string, (connection: RawConnection) => string]>([
    ['twice the right Accept', (one) => switching(one, `Sec-WebSocket-Accept: ${one.accept}`)],
    [
      'an Accept with something behind it',
      (one) => switching({ ...one, accept: `${one.accept}=` }),
    ],
    ['an Accept in lower case', (one) => switching({ ...one, accept: one.accept.toLowerCase() })],
    ['two Upgrades', (one) => switching(one, 'Upgrade: websocket')],
    ['no Connection', (one) => switching(one).replace('Connection: Upgrade\r\n', '')],
    ['no Upgrade', (one) => switching(one).replace('Upgrade: websocket\r\n', '')],
    ['a header in two lines', (one) => switching(one, 'X-Fold: a', ' b')],
    ['lines without CR', (one) => switching(one).replaceAll('\r\n', '\n')],
    ['a status of four digits', (one) => switching(one).replace('101', '0101')],
    ['102', (one) => `${switching(one).replace('101', '102')}HTTP/1.1 404 x\r\n\r\n`],
    ['a subprotocol', (one) => switching(one, 'Sec-WebSocket-Protocol: chat')],
    ['an extension', (one) => switching(one, 'Sec-WebSocket-Extensions: permessage-deflate')],
    ['an extension in pieces', (one) => switching(one, 'Sec-WebSocket-Extensions: ,')],
    ['another place', () => 'HTTP/1.1 301 x\r\nLocation: http://127.0.0.1:1/\r\n\r\n'],
    ['chunks that are none', () => 'HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['bytes that are no HTTP', () => '\u0000\u0001\u0002\r\n\r\n'],
    ['nothing', () => ''],
  ])('but with %s opens no socket, and is told of in one line', async (_, answer) => {
    const { status, heard } = await outcome((connection) => {
      connection.socket.end(answer(connection), 'latin1')
    })
    expect(status.code).toBe(-1)
    expect(heard).toEqual([])
    expect(said).toHaveBeenCalledTimes(1)
    expect(said.mock.calls[0]!.join(' ')).toMatch(
      /^antiphon: a handler or listener failed WebSocket\w+: cannot connect to ws:/,
    )
  })

  it.each([
    ['Connection', "the server's Connection header is missing: it must contain 'Upgrade'"],
    ['Upgrade', "the server's Upgrade header is missing: it must be 'websocket'"],
  ])('but with a 101 without %s is told what is wrong with it', async (name, reason) => {
    await using server = await rawServer((connection) => {
      const line = new RegExp(`${name}: .*\\r\\n`)
      connection.socket.end(switching(connection).replace(line, ''), 'latin1')
    })
    await expect(connect(server.url).opened).rejects.toThrow(`: ${reason}`)
  })

  it('but with a body without end keeps the beginning of it', async () => {
    // It keeps what comes within two seconds.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using server = await rawServer(({ socket }) => {
      const block = 'a'.repeat(65_536)
      const write = (): void => {
        while (socket.writable && socket.write(block));
      }
      socket.write('HTTP/1.1 403 Forbidden\r\n\r\n')
      socket.on('drain', write)
      write()
    })
    const error = await connect(server.url).opened.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ status: 403, body: 'a'.repeat(65_536) })
  })
})

describe('a server that opens', () => {
  it('after a hundred thousand interim responses is heard', async () => {
    const { status, heard } = await outcome((connection) => {
      const { socket } = connection
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(100_000))
      socket.write(switching(connection))
      socket.end(hello)
    })
    expect(heard).toEqual(['hello'])
    expect(status.code).toBe(1000)
    expect(said).not.toHaveBeenCalled()
  })

  it.each<[string, number, string]>([
    ['twice', 1002, '48545450 2f312e31 20313031'],
    ['with an answer to nothing', 1002, '8000'],
    ['with a message of 2^53 bytes', 1009, '827f 0020000000000000'],
    ['with one of 2^63 bytes', 1002, '827f 8000000000000000'],
    ['with a Ping of 126 bytes', 1002, '897e 007e'],
    ['with a Close of one byte', 1002, '8801 03'],
    ['with a Close that stands for none', 1002, '8802 03ed'],
    ['with a Close that is no text', 1007, '8804 03e8 fffe'],
    ['with half a character', 1007, '8101 c3'],
    ['with a code that is no character', 1007, '8103 eda080'],
  ])('%s is closed with %i, without a line', async (_, code, frames) => {
    const { status, heard } = await outcome((connection) => {
      connection.socket.write(switching(connection))
      connection.socket.write(bytes(frames))
    })
    expect(status.code).toBe(code)
    expect(heard).toEqual([])
    expect(said).not.toHaveBeenCalled()
  })

  it.each<[string, (connection: RawConnection) => void]>([
    ['goes on sending', ({ socket }) => socket.write(Buffer.concat(Array(1000).fill(hello)))],
    ['sends what is no frame', ({ socket }) => socket.write(Buffer.alloc(1000, 0xff))],
    ['resets', ({ socket }) => setImmediate(() => socket.resetAndDestroy())],
  ])('and after its Close %s is closed with its own code', async (_, then) => {
    const { status, heard } = await outcome((connection) => {
      connection.socket.write(switching(connection))
      connection.socket.write(hello)
      then(connection)
    })
    expect(status.code).toBe(1000)
    expect(heard).toEqual(['hello'])
    expect(said).not.toHaveBeenCalled()
  })
})
