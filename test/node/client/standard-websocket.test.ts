import { once } from 'node:events'
import { runInNewContext } from 'node:vm'
import { WebSocket as UndiciWebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node, StandardWebSocket } from '../../../src/node/index.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { bind } from '../../../src/routing/bind.ts'
import { websockets } from '../../../src/routing/ws-router.ts'
import { serve } from '../../../src/serving/engine.ts'
import { accept } from '../../../src/websocket/accept.ts'
import { offeredSubprotocols } from '../../../src/websocket/request/offered-subprotocols.ts'
import type { Server } from '../../../src/websocket/server.ts'

/** What libraries take: the platform's class, as Node 22 and pages have it. */
type Platform = typeof WebSocket

/** A type of libraries that know of no options. */
const ours: Platform = StandardWebSocket

const app = websockets(
  bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message))),
  bind('/protocols', (request) => {
    const [protocol] = offeredSubprotocols(request).filter((name) => name.startsWith('v'))
    return accept((socket) => socket.send(socket.protocol), { protocol })
  }),
  bind('/closes/:code', ({ params }) => (socket) => {
    socket.send('bye')
    socket.close(new CloseReason(Number(params.code), 'enough'))
  }),
  bind('/drops', () => (socket) => socket.terminate()),
  bind('/tells', () => (socket) => {
    socket.onMessage(({ byteLength }) => told.push(`${byteLength} bytes`))
    socket.onClose(({ code, message }) => told.push(`${code} ${message}`.trim()))
  }),
  bind(
    '/floods',
    () => (socket) =>
      socket.onMessage(() => {
        for (let i = 0; i < 3; i++) socket.send(`${i}`)
      }),
  ),
  bind('/headers', (request) => (socket) => socket.send(`${request.header('x-user')}`)),
)

/** What the server was told. */
const told: string[] = []

let server: Server
let base: string

beforeAll(async () => {
  server = await serve(app, node())
  base = server.url.replace('http', 'ws')
})

// Where undici fails, it leaves the connection open.
afterAll(() => server.stop({ drain: 0 }))

/** A call that has to throw, as name and code of the error. */
function thrown(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return error instanceof DOMException ? error.name : String(error)
  }
  return 'nothing'
}

/** What happens, one line for each event. */
function transcript(socket: WebSocket): string[] {
  const lines: string[] = []
  socket.addEventListener('open', () => lines.push(`open ${socket.readyState}`))
  socket.addEventListener('message', ({ data }) => lines.push(`message ${data}`))
  socket.addEventListener('error', () => lines.push(`error ${socket.readyState}`))
  socket.addEventListener('close', ({ code, reason, wasClean }) =>
    lines.push(`close ${socket.readyState} ${code} ${reason} ${wasClean}`),
  )
  return lines
}

async function closed(socket: WebSocket): Promise<void> {
  await new Promise((resolve) => socket.addEventListener('close', resolve))
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  return socket
}

/** What comes back for each thing that is sent. */
async function echoes(
  socket: WebSocket,
  sent: readonly Parameters<WebSocket['send']>[0][],
): Promise<unknown[]> {
  await opened(socket)
  const back: unknown[] = []
  const all = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      if (back.push(data) === sent.length) resolve()
    })
  })
  for (const data of sent) socket.send(data)
  await all
  socket.close()
  return back
}

describe.each<[string, Platform]>([
  ['a StandardWebSocket', ours],
  ['the WebSocket of undici, by which these tests are checked,', UndiciWebSocket as Platform],
])('%s', (_, Impl) => {
  test.each([
    'no url',
    '/path',
    'ws://a b.example/',
    'ws://a.example/#',
    'ws://a.example/#b',
    'ftp://a.example/',
    'mailto:a@b.example',
  ])('cannot be made with the URL %s', (url) => {
    expect(thrown(() => new Impl(url))).toBe('SyntaxError')
  })

  test.each(['', ' ', 'a b', 'a,b', 'a/b', 'ä', '\u007f', ['a', 'a'], ['a', '']])(
    'cannot be made with the subprotocols %j',
    (protocols) => {
      expect(thrown(() => new Impl(`${base}/echo`, protocols))).toBe('SyntaxError')
    },
  )

  test('has a URL with the scheme ws or wss, whatever it was made of', async () => {
    const { host } = new URL(base)
    const made = [
      new Impl(`WS://${host}/echo?a b`),
      new Impl(new URL(`http://${host}/echo`)),
      new Impl(`${server.url}/../echo`),
    ]
    expect(made.map(({ url }) => url)).toEqual([
      `ws://${host}/echo?a%20b`,
      `ws://${host}/echo`,
      `ws://${host}/echo`,
    ])
    for (const socket of made) {
      await opened(socket)
      socket.close()
    }
  })

  test('has the constants of its states, and its name', async () => {
    const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
    expect({ ...Impl }).toMatchObject(states)
    const socket = await opened(new Impl(`${base}/echo`))
    expect(socket).toMatchObject(states)
    expect(String(socket)).toBe('[object WebSocket]')
    socket.close()
  })

  test('is connecting at first, with nothing known and nobody listening', async () => {
    const socket = new Impl(`${base}/echo`)
    expect(socket).toMatchObject({
      readyState: 0,
      bufferedAmount: 0,
      protocol: '',
      extensions: '',
      binaryType: 'blob',
      onopen: null,
      onmessage: null,
      onerror: null,
      onclose: null,
    })
    expect(thrown(() => socket.send('early'))).toBe('InvalidStateError')
    await opened(socket)
    socket.close()
  })

  test.each<[string, readonly unknown[], string]>([
    ['no code where none is given', [], '1005'],
    ['no code where it is undefined', [undefined], '1005'],
    ['no code where the reason is empty, too', [undefined, ''], '1005'],
    ['1000 where only a reason is given', [undefined, 'bye'], '1000 bye'],
    ['a code that is a string', ['3000'], '3000'],
    ['a reason that is none', [3000, null], '3000 null'],
    ['half a character replaced', [3000, '\ud800'], '3000 \ufffd'],
  ])('closes with %s', async (_name, args, heard) => {
    const socket = new Impl(`${base}/tells`)
    const lines = transcript(socket)
    await opened(socket)
    Reflect.apply(socket.close, socket, args)
    await closed(socket)
    expect(told.splice(0)).toEqual([heard])
    const [code, reason = ''] = heard.split(' ')
    expect(lines).toEqual(['open 1', `close 3 ${code} ${reason} true`])
  })

  test('has the subprotocol that the server chooses', async () => {
    const socket = new Impl(`${base}/protocols`, ['x', 'v2', 'v1'])
    const lines = transcript(socket)
    await once(socket, 'message')
    expect(socket.protocol).toBe('v2')
    socket.close(1000)
    await closed(socket)
    expect(lines).toEqual(['open 1', 'message v2', 'close 3 1000  true'])
    expect(socket.protocol).toBe('v2')
  })

  test('fails if the server chooses none', async () => {
    const socket = new Impl(`${base}/protocols`, 'x')
    const lines = transcript(socket)
    await closed(socket)
    expect(lines).toEqual(['error 3', 'close 3 1006  false'])
  })

  test('sends text, whatever it was, in well-formed Unicode', async () => {
    const sent = ['', 'ä€😀', 'a\ud800b', 'x'.repeat(100_000), Object(7), Object('null')]
    const back = ['', 'ä€😀', 'a\ufffdb', 'x'.repeat(100_000), '7', 'null']
    expect(await echoes(new Impl(`${base}/echo`), sent)).toEqual(back)
  })

  test('sends bytes in any form, and receives blobs or buffers', async () => {
    const bytes = Uint8Array.of(0, 1, 2, 3)
    const forms = [
      bytes.buffer,
      bytes.subarray(1, 3),
      new DataView(bytes.buffer, 2),
      new Blob([bytes]),
      new Uint8Array(),
      runInNewContext('new Uint8Array([4]).buffer'),
    ]
    const contents = [[0, 1, 2, 3], [1, 2], [2, 3], [0, 1, 2, 3], [], [4]]
    const blobs = await echoes(new Impl(`${base}/echo`), forms)
    const read = await Promise.all(
      blobs.map(
        async (blob) => blob instanceof Blob && [...new Uint8Array(await blob.arrayBuffer())],
      ),
    )
    expect(read).toEqual(contents)
    const socket = new Impl(`${base}/echo`)
    socket.binaryType = 'arraybuffer'
    const buffers = await echoes(socket, forms)
    expect(
      buffers.map((buffer) => buffer instanceof ArrayBuffer && [...new Uint8Array(buffer)]),
    ).toEqual(contents)
  })

  test('sends in order where Blobs are in between', async () => {
    const socket = new Impl(`${base}/echo`)
    socket.binaryType = 'arraybuffer'
    expect(
      await echoes(socket, ['a', new Blob(['bc']), 'd', Uint8Array.of(1), new Blob([]), 'e']),
    ).toEqual([
      'a',
      new TextEncoder().encode('bc').buffer,
      'd',
      Uint8Array.of(1).buffer,
      new ArrayBuffer(),
      'e',
    ])
  })

  test('sends bytes as they were, even if they change while they wait for a Blob', async () => {
    const socket = new Impl(`${base}/echo`)
    await opened(socket)
    const last = new Promise<Blob>((resolve) => {
      socket.addEventListener('message', ({ data }) => data.size > 0 && resolve(data))
    })
    const bytes = Uint8Array.of(1)
    socket.send(new Blob([]))
    socket.send(bytes)
    bytes.fill(2)
    expect(new Uint8Array(await (await last).arrayBuffer())).toEqual(Uint8Array.of(1))
    socket.close()
  })

  test.each([0, 999, 1001, 1005, 1006, 1015, 2999, 5000, Number.NaN, Number.POSITIVE_INFINITY])(
    'does not close with %d',
    async (code) => {
      const socket = new Impl(`${base}/echo`)
      expect(thrown(() => socket.close(code))).toBe('InvalidAccessError')
      await opened(socket)
      expect(thrown(() => socket.close(code, 'a reason'))).toBe('InvalidAccessError')
      expect(socket.readyState).toBe(1)
      socket.close()
    },
  )

  test('takes reasons of 123 bytes at most', async () => {
    const socket = await opened(new Impl(`${base}/tells`))
    expect(thrown(() => socket.close(3000, 'ä'.repeat(62)))).toBe('SyntaxError')
    expect(socket.readyState).toBe(1)
    socket.close(3000, 'x'.repeat(123))
    await closed(socket)
    expect(told.splice(0)).toEqual([`3000 ${'x'.repeat(123)}`])
  })

  test('closes with a code and a reason; the first counts', async () => {
    const socket = new Impl(`${base}/tells`)
    const lines = transcript(socket)
    await opened(socket)
    socket.close(4999, 'by\ud800e')
    expect(socket.readyState).toBe(2)
    socket.close(3000)
    await closed(socket)
    socket.close()
    expect(lines).toEqual(['open 1', 'close 3 4999 by\ufffde true'])
    expect(told.splice(0)).toEqual(['4999 by\ufffde'])
  })

  test('hears nothing more once it closes', async () => {
    const socket = new Impl(`${base}/floods`)
    const lines = transcript(socket)
    await opened(socket)
    socket.send('go')
    socket.addEventListener('message', () => socket.close(1000))
    await closed(socket)
    expect(lines).toEqual(['open 1', 'message 0', 'close 3 1000  true'])
  })

  test('is told how the server has closed', async () => {
    const socket = new Impl(`${base}/closes/4001`)
    const lines = transcript(socket)
    await closed(socket)
    expect(lines).toEqual(['open 1', 'message bye', 'close 3 4001 enough true'])
  })

  test('is told of a connection that was lost', async () => {
    const socket = new Impl(`${base}/drops`)
    const lines = transcript(socket)
    await closed(socket)
    expect(lines).toEqual(['open 1', 'error 3', 'close 3 1006  false'])
  })

  test('is told of an upgrade that was refused, and of nothing that listens', async () => {
    const refused = new Impl(`${base}/nowhere`)
    const lines = transcript(refused)
    await closed(refused)
    const nobody = new Impl('ws://127.0.0.1:1/')
    const others = transcript(nobody)
    await closed(nobody)
    expect([lines, others]).toEqual([
      ['error 3', 'close 3 1006  false'],
      ['error 3', 'close 3 1006  false'],
    ])
  })

  test('has messages as events with an origin', async () => {
    const socket = await opened(new Impl(`${base}/echo`))
    socket.send('hello')
    const [event]: unknown[] = await once(socket, 'message')
    expect(event).toMatchObject({
      type: 'message',
      data: 'hello',
      origin: base,
      lastEventId: '',
      ports: [],
    })
    socket.close()
  })
})

describe('a StandardWebSocket, by the standard, where undici differs,', () => {
  test('closes behind what is sent, Blobs included', async () => {
    const socket = await opened(new StandardWebSocket(`${base}/tells`))
    socket.send(new Blob(['four']))
    socket.send('a')
    expect(socket.bufferedAmount).toBe(5)
    socket.close(3000)
    await closed(socket)
    expect(told.splice(0)).toEqual(['4 bytes', '1 bytes', '3000'])
  })

  test('ignores a binaryType that there is not', () => {
    const socket = new StandardWebSocket(`${base}/echo`)
    socket.binaryType = 'arraybuffer'
    socket.binaryType = Object('nodebuffer')
    expect(socket.binaryType).toBe('arraybuffer')
    socket.close()
  })

  test('counts what waits, and what is sent too late', async () => {
    const socket = await opened(new StandardWebSocket(`${base}/echo`))
    socket.send('four')
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(4)
    await once(socket, 'message')
    expect(socket.bufferedAmount).toBe(0)
    socket.close()
    socket.send('ä')
    socket.send(new Blob(['four']))
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(6)
    await closed(socket)
    socket.send(Uint8Array.of(1))
    expect(socket.bufferedAmount).toBe(7)
  })

  test('never opens if it is closed before', async () => {
    const socket = new StandardWebSocket(`${base}/echo`)
    const lines = transcript(socket)
    socket.close(3000, 'a reason')
    expect(socket.readyState).toBe(2)
    await closed(socket)
    expect(lines).toEqual(['error 3', 'close 3 1006  false'])
  })

  test('calls its handlers in the place where they were first set', async () => {
    const calls: unknown[] = []
    const socket = new StandardWebSocket(`${base}/closes/1000`)
    socket.addEventListener('message', () => calls.push('first'))
    socket.onmessage = () => calls.push('replaced')
    socket.addEventListener('message', () => calls.push('third'))
    socket.onmessage = function (this: unknown) {
      calls.push(this === socket ? 'second' : this)
    }
    socket.onclose = () => calls.push('never')
    socket.onclose = null
    socket.onopen = Object(7)
    expect([socket.onclose, typeof socket.onmessage]).toEqual([null, 'function'])
    await closed(socket)
    expect(calls).toEqual(['first', 'second', 'third'])
  })
})

describe('a StandardWebSocket, as no other', () => {
  test('takes the options of connect, from a subclass as well', async () => {
    class Known extends StandardWebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols, { headers: { 'X-User': 'ann' } })
      }
    }
    const Library: Platform = Known
    const socket = new Library(`${base}/headers`)
    expect(await once(socket, 'message')).toMatchObject([{ data: 'ann' }])
    socket.close()
    // @ts-expect-error the subprotocols are an argument of their own
    expect(() => new StandardWebSocket(base, [], { protocols: 'a' })).toThrow(/protocols/)
    // @ts-expect-error there are no frames
    expect(() => new StandardWebSocket(base, [], { mode: 'frames' })).toThrow(/mode/)
  })

  test('says why it has failed', async () => {
    const errors = ['/nowhere', '/protocols'].map(async (path) => {
      const socket = new StandardWebSocket(base + path, 'x')
      const error = new Promise((resolve) =>
        socket.addEventListener('error', ({ message }) => resolve(message)),
      )
      await closed(socket)
      return error
    })
    expect(await Promise.all(errors)).toEqual([
      expect.stringContaining('404'),
      'the server has chosen none of the subprotocols that were offered',
    ])
  })

  test('fails if a Blob cannot be read', async () => {
    class Broken extends Blob {
      override arrayBuffer(): Promise<ArrayBuffer> {
        return Promise.reject(new Error('the file is gone'))
      }
    }
    const socket = new StandardWebSocket(`${base}/echo`)
    const lines = transcript(socket)
    await opened(socket)
    socket.addEventListener('error', ({ error }) => lines.push(error.message))
    socket.send(new Broken())
    await closed(socket)
    expect(lines).toEqual(['open 1', 'error 3', 'the file is gone', 'close 3 1006  false'])
  })

  test('closes without a code behind a Blob, too', async () => {
    const socket = await opened(new StandardWebSocket(`${base}/tells`))
    socket.send(new Blob(['four']))
    socket.close()
    await closed(socket)
    expect(told.splice(0)).toEqual(['4 bytes', '1005'])
  })
})
