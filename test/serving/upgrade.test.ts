import { describe, expect, test, vi } from 'vitest'
import { Header } from '../../src/lens/header.ts'
import type { HandshakeRequest } from '../../src/protocol/handshake/server-handshake.ts'
import { upgradeHeaders } from '../../src/protocol/handshake/server-handshake.ts'
import { bind } from '../../src/routing/bind.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { ownSettings } from '../../src/serving/own-settings.ts'
import { refuse } from '../../src/serving/refusal.ts'
import { decideUpgrade, type UpgradeOutcome } from '../../src/serving/upgrade.ts'
import type { WebSockets } from '../../src/serving/web-sockets.ts'
import { accept } from '../../src/websocket/accept.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { answerHeaders } from '../../src/websocket/request/upgrade-answer.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import type { MaybePromise } from '../../src/websocket/support/maybe-promise.ts'
import { WebSocketUpgrade } from '../../src/websocket/websocket-upgrade.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { CountedExtension } from '../support/counted-extension.ts'
import { ACCEPT, KEY } from '../support/raw-client.ts'

interface Asked extends WebSockets {
  readonly headers?: Record<string, string>
  readonly method?: string
  readonly http?: PolyHandler<FrameSocket>['http']
  readonly shared?: boolean
  readonly url?: string
}

function decide(
  ws: WsHandler<FrameSocket> | undefined,
  { headers = {}, method = 'GET', http, shared, url, ...options }: Asked = {},
): MaybePromise<UpgradeOutcome> {
  const raw = new Request('http://localhost/chat', {
    method,
    headers: {
      host: 'localhost',
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-key': KEY,
      'sec-websocket-version': '13',
      ...headers,
    },
  })
  const handshake: HandshakeRequest = { method, header: (name) => raw.headers.get(name) }
  const settings = ownSettings(options, undefined)
  const request = requestOf(raw).withUrl(url ?? raw.url)
  return decideUpgrade({ http, ws }, request, handshake, settings, shared)
}

/** Status and body of a refusal, or the kind of another outcome. */
async function shown(outcome: MaybePromise<UpgradeOutcome>): Promise<string> {
  const settled = await outcome
  if (settled.kind !== 'refused') return settled.kind
  return `${settled.response.status} ${await settled.response.text()}`.trimEnd()
}

function accepted(outcome: MaybePromise<UpgradeOutcome>) {
  if ('kind' in outcome && outcome.kind === 'accepted') return outcome
  throw new Error('not accepted at once')
}

const consumer = (): void => {}

describe('an upgrade is decided', () => {
  test('at once when the application answers at once', () => {
    const outcome = accepted(decide(() => consumer))
    expect(outcome).toMatchObject({
      consumer,
      mode: 'messages',
      protocol: '',
      extensions: [],
      reserved: 0,
      maxBufferedAmount: 16_777_216,
      slowConsumer: 'close',
      limits: { maxMessageSize: 1_048_576, maxFrameSize: 1_048_576 },
    })
    expect(upgradeHeaders(outcome.answer)).toEqual([
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
      ['Sec-WebSocket-Accept', ACCEPT],
    ])
  })

  test('later when the application answers later', async () => {
    expect(await shown(decide(async () => consumer))).toBe('accepted')
    expect(await shown(decide(async () => undefined))).toBe('unmatched')
    expect(await shown(decide(async () => new Response('no', { status: 401 })))).toBe('401 no')
  })

  test('by the HTTP half where the WebSocket half leaves it', async () => {
    const upgrade = new WebSocketUpgrade(accept(consumer))
    for (const ws of [undefined, () => undefined, async () => undefined]) {
      expect(await shown(decide(ws, { http: () => upgrade }))).toBe('accepted')
      expect(await shown(decide(ws, { http: async () => upgrade }))).toBe('accepted')
      expect(await shown(decide(ws, { http: () => new Response('page') }))).toBe('200 page')
    }
    expect(await shown(decide(undefined))).toBe('unmatched')
  })

  test('with what accept was told', () => {
    const outcome = accepted(
      decide(
        () =>
          accept(consumer, {
            protocol: 'v2',
            headers: { 'X-Room': 'blue' },
            limits: { maxMessageSize: 5, maxBufferedAmount: 7, slowConsumer: 'drop' },
          }),
        { headers: { 'sec-websocket-protocol': 'v1, v2' } },
      ),
    )
    expect(outcome).toMatchObject({
      protocol: 'v2',
      maxBufferedAmount: 7,
      slowConsumer: 'drop',
      limits: { maxMessageSize: 5, maxFrameSize: 5 },
    })
    expect(upgradeHeaders(outcome.answer).slice(3)).toEqual([
      ['Sec-WebSocket-Protocol', 'v2'],
      ['X-Room', 'blue'],
    ])
    expect(answerHeaders(outcome.request).get('x-room')).toBe('blue')
  })

  test.each([
    ['x-room', 'blue', { headers: { 'X-Room': 'blue' } }],
    ['sec-websocket-protocol', 'v2', { protocol: 'v2' }],
  ] as const)('with %s in what its request tells of the answer', (name, value, options) => {
    const headers = { 'sec-websocket-protocol': 'v1, v2' }
    const { request } = accepted(decide(() => accept(consumer, options), { headers }))
    expect(answerHeaders(request).get(name)).toBe(value)
  })

  test('with limits of the server where accept says none', () => {
    const sizes = { maxMessageSize: 10, maxFrameSize: 3, maxBufferedAmount: 4 }
    const options = { ...sizes, slowConsumer: 'wait' } as const
    const plain = accepted(decide(() => consumer, options))
    expect(plain.limits).toMatchObject({ maxMessageSize: 10, maxFrameSize: 3 })
    expect(plain).toMatchObject({ maxBufferedAmount: 4, slowConsumer: 'wait' })
    const own = accept(consumer, { limits: { maxFrameSize: 2 } })
    const limited = accepted(decide(() => own, options))
    expect(limited.limits).toMatchObject({ maxMessageSize: 10, maxFrameSize: 2 })
  })

  test('with the extensions of the server, but not for frames and fragments', () => {
    const extension = new CountedExtension()
    const options = {
      extensions: [extension],
      headers: { 'sec-websocket-extensions': 'x-counted' },
    }
    const outcome = accepted(decide(() => consumer, options))
    expect(outcome.extensions.map(({ name }) => name)).toEqual(['x-counted'])
    expect(outcome.reserved).toBe(0x20)
    expect(upgradeHeaders(outcome.answer).at(-1)).toEqual(['Sec-WebSocket-Extensions', 'x-counted'])
    expect(answerHeaders(outcome.request).get('sec-websocket-extensions')).toBe('x-counted')
    // The connection's own, which the extension sees changed.
    expect(Object.isFrozen(outcome.limits)).toBe(false)
    for (const given of ['frames', 'fragments'] as const) {
      const { mode, extensions, reserved } = accepted(
        decide(() => accept(consumer, { mode: given }), options),
      )
      expect([mode, extensions, reserved]).toEqual([given, [], 0])
    }
    expect(extension.made).toBe(1)
  })
})

describe('an upgrade is refused', () => {
  test('before the application is asked when the handshake is bad', async () => {
    const never = (): never => {
      throw new Error('the application was asked')
    }
    const headers = { 'sec-websocket-version': '8' }
    expect(await shown(decide(never, { headers }))).toMatch(/^426 /)
    expect(await shown(decide(never, { method: 'POST' }))).toMatch(/^405 /)
  })

  test('after the application, and only if that has the path, when others may have it', async () => {
    const headers = { 'sec-websocket-version': '8' }
    const shared = { headers, shared: true }
    expect(await shown(decide(() => undefined, shared))).toBe('unmatched')
    expect(await shown(decide(() => consumer, shared))).toMatch(/^426 /)
    expect(await shown(decide(async () => consumer, shared))).toMatch(/^426 /)
    expect(await shown(decide(() => new Response('no', { status: 401 }), shared))).toMatch(/^426 /)
  })

  test('but left to others that may have it when it is to something else, or has no URL', async () => {
    const other = { headers: { upgrade: 'h2c' } }
    expect(await shown(decide(() => consumer, other))).toMatch(/^426 /)
    expect(await shown(decide(() => consumer, { ...other, shared: true }))).toBe('unmatched')
    const nowhere = { url: 'http:///chat' }
    expect(await shown(decide(() => consumer, nowhere))).toMatch(/^400 /)
    expect(await shown(decide(() => consumer, { ...nowhere, shared: true }))).toBe('unmatched')
  })

  test('by the policy for origins, of the server or of the route', async () => {
    const headers = { origin: 'https://b.example' }
    const route = (origin?: 'any' | string[]): WsHandler =>
      origin === undefined ? () => consumer : () => accept(consumer, { origin })
    expect(await shown(decide(route(), { headers }))).toMatch(/^403 .*the option 'origin'/)
    expect(await shown(decide(route('any'), { headers }))).toBe('accepted')
    expect(await shown(decide(route(['https://b.example']), { headers }))).toBe('accepted')
    expect(await shown(decide(route(), { headers, origin: 'any' }))).toBe('accepted')
    expect(await shown(decide(route(['https://c.example']), { headers, origin: 'any' }))).toMatch(
      /^403 /,
    )
    expect(await shown(decide(route(['https://c.example'])))).toBe('accepted')
  })

  test('by a policy that also sees requests without an origin', async () => {
    const seen: (string | null)[] = []
    const origin = (value: string | null): boolean => {
      seen.push(value)
      return false
    }
    expect(await shown(decide(() => consumer, { origin }))).toMatch(/^403 /)
    expect(seen).toEqual([null])
  })
})

test('a policy of origins that answers with a promise lets nobody in', async () => {
  const onError = vi.fn()
  const policy: object = { origin: async () => true }
  for (const outcome of [
    decide(() => consumer, { onError, ...policy }),
    decide(() => accept(consumer, policy), { onError }),
  ]) {
    expect(await shown(outcome)).toBe('500 the handler failed')
    const message = 'a policy of origins cannot be asynchronous: a filter of handshakes can'
    expect(onError).toHaveBeenLastCalledWith(new TypeError(message), undefined)
  }
})

describe('what an application gets wrong', () => {
  const failing: Record<string, () => MaybePromise<never>> = {
    'a throw': () => {
      throw new Error('oops')
    },
    'a rejection': () => Promise.reject(new Error('oops')),
    'a throw that is no error': () => {
      throw 'oops'
    },
  }

  test.each(Object.entries(failing))(
    '%s is a 500 that says nothing, told to the hook',
    async (_, fail) => {
      const reports: string[] = []
      const onError = (error: Error): number => reports.push(error.message)
      expect(await shown(decide(fail, { onError }))).toBe('500 the handler failed')
      expect(await shown(decide(undefined, { onError, http: fail }))).toBe('500 the handler failed')
      expect(reports).toEqual(['oops', 'oops'])
    },
  )

  test('a throw of what cannot be looked at is a 500, too', async () => {
    const reports: string[] = []
    const onError = (error: Error): number => reports.push(error.message)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const outcome = decide(() => Promise.reject(proxy), { onError })
    expect(await shown(outcome)).toBe('500 the handler failed')
    expect(reports).toEqual(['object'])
  })

  test.each([
    [null, 'a handler has to return a consumer, '],
    ['text', 'a Response, or undefined, not string'],
    [{}, 'a Response, or undefined, not object'],
    // What decorates sockets would not see it; it is for the HTTP half.
    [new WebSocketUpgrade(accept(consumer)), 'a Response, or undefined, not object'],
    [accept(consumer, { headers: { 'Sec-WebSocket-Accept': 'a' } }), 'belongs to the handshake'],
    [{ ...accept(consumer), limits: { maxFrameSize: -1 } }, 'the option maxFrameSize is -1'],
    [
      { ...accept(consumer), limits: { maxBufferedAmount: -1 } },
      'the option maxBufferedAmount is -1',
    ],
    [
      { ...accept(consumer), limits: { slowConsumer: 'pause' } },
      'the option slowConsumer is pause, not close or drop or wait',
    ],
  ])(
    'an answer that cannot be is a 500, told to the hook, and leaves no extension: %#',
    async (answer, message) => {
      const reports: string[] = []
      const extension = new CountedExtension()
      const outcome = decide(() => answer as never, {
        extensions: [extension],
        headers: { 'sec-websocket-extensions': 'x-counted' },
        onError: (error) => reports.push(error.message),
      })
      expect(await shown(outcome)).toBe('500 the handler failed')
      expect(reports).toEqual([expect.stringContaining(message)])
      expect(extension.made).toBe(0)
    },
  )

  test.each(['text', 42])('an answer that cannot be is named in a router, too: %j', (wrong) => {
    const reports: string[] = []
    const onError = (error: Error): number => reports.push(error.message)
    const app = websockets(bind('/*', () => wrong as never))
    decide(app, { onError })
    decide(
      app.withFilter((next) => next),
      { onError },
    )
    const named = expect.stringMatching(
      /^a handler has to return a consumer, .* not (string|number)$/,
    )
    expect(reports).toEqual([named, named])
  })

  test('a Response that cannot be sent is a 500, and the hook hears why', async () => {
    const reports: string[] = []
    const onError = (error: Error): number => reports.push(error.message)
    const used = new Response('read')
    await used.text()
    for (const answer of [used, Response.error()]) {
      expect(await shown(decide(() => answer, { onError }))).toBe('500 the handler failed')
      expect(await shown(decide(async () => answer, { onError }))).toBe('500 the handler failed')
    }
    const [read, , empty] = reports
    expect(read).toContain('whose body has been read')
    expect(empty).toContain('Response.error()')
    expect(reports).toHaveLength(4)
  })

  test('a hook that throws changes nothing', async () => {
    const onError = (): never => {
      throw new Error('from the hook')
    }
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await shown(decide(failing['a throw']!, { onError }))).toBe('500 the handler failed')
    expect(await shown(decide(failing['a rejection']!, { onError }))).toBe('500 the handler failed')
    expect(log).toHaveBeenCalledTimes(2)
    log.mockRestore()
  })

  test('a lens that fails is a 400 that says the same, and no fault', async () => {
    const reports: Error[] = []
    const name = Header.string().required('x-name')
    const handler: WsHandler = (request) => {
      name(request)
      return consumer
    }
    const onError = (error: Error): number => reports.push(error)
    const late: WsHandler = async (request) => handler(request)
    for (const ws of [handler, late]) {
      expect(await shown(decide(ws, { onError }))).toMatch(/^400 .*header 'x-name'/)
    }
    expect(reports).toEqual([])
  })
})

test('a refusal is a line of text with its headers', async () => {
  const { response } = refuse(405, 'not so', [['Allow', 'GET']])
  expect(response.status).toBe(405)
  expect([...response.headers]).toEqual([
    ['allow', 'GET'],
    ['content-type', 'text/plain; charset=utf-8'],
  ])
  expect(await response.text()).toBe('not so\n')
})
