import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { respond as respondTo } from '../../../src/node/http/respond.ts'
import { turn } from '../../support/byte-streams.ts'
import { duplexPair } from '../../support/duplex-pair.ts'

/** A response whose body is made chunk by chunk. */
class Making {
  cancelled = false
  #body: ReadableStreamDefaultController<unknown> | undefined
  readonly response: Response = new Response(
    new ReadableStream({
      start: (controller) => {
        this.#body = controller
      },
      cancel: () => {
        this.cancelled = true
      },
    }),
  )

  make(...chunks: readonly unknown[]): void {
    for (const chunk of chunks) {
      this.#body?.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    }
  }

  end(): void {
    this.#body?.close()
  }

  fail(): void {
    this.#body?.error(new Error('torn'))
  }
}

/** A connection, with what its peer got. */
function connection(): { stream: Duplex; peer: Duplex; got: () => string } {
  const [peer, stream] = duplexPair()
  let text = ''
  peer.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  return { stream, peer, got: () => text }
}

function respond(stream: Duplex, response: Response, headOnly = false): Promise<void> {
  const instead = (thrown: unknown): Response => new Response(String(thrown), { status: 500 })
  return respondTo(stream, response, { headOnly, instead })
}

const HEAD = 'HTTP/1.1 200 OK\r\nConnection: close\r\n'

describe('a body', () => {
  test.each([
    [undefined, 'Content-Length: 0\r\n\r\n'],
    ['', 'Content-Length: 0\r\n\r\n'],
    ['whole', 'Content-Length: 5\r\n\r\nwhole'],
    [Uint8Array.of(65, 66), 'Content-Length: 2\r\n\r\nAB'],
  ])('that is there as a whole has a length: %j', async (body, expected) => {
    const { stream, peer, got } = connection()
    const response = new Response(body)
    response.headers.delete('content-type')
    await respond(stream, response)
    await turn()
    expect(got()).toBe(HEAD + expected)
    peer.end()
  })

  test.each([204, 304])('that cannot be, with %i, has none', async (status) => {
    const { stream, peer, got } = connection()
    await respond(stream, new Response(null, { status }))
    await turn()
    expect(got()).toMatch(/^HTTP\/1\.1 \d+ [\w ]+\r\nConnection: close\r\n\r\n$/)
    peer.end()
  })

  test('that comes bit by bit is sent as it comes, and an empty bit does not end it', async () => {
    const { stream, peer, got } = connection()
    const making = new Making()
    const answered = respond(stream, making.response)
    making.make('one')
    for (let i = 0; i < 3; i++) await turn()
    expect(got()).toBe(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n`)
    making.make('', 'twenty characters in')
    making.end()
    await answered
    await turn()
    expect(got()).toMatch(/\r\none\r\n14\r\ntwenty characters in\r\n0\r\n\r\n$/)
    peer.end()
  })

  test('that fails halfway is not ended', async () => {
    const { stream, got } = connection()
    const making = new Making()
    const answered = respond(stream, making.response)
    making.make('one')
    for (let i = 0; i < 3; i++) await turn()
    making.fail()
    await expect(answered).rejects.toThrow('torn')
    expect(got()).toMatch(/\r\none\r\n$/)
    stream.destroy()
  })

  test('that is not made of bytes fails', async () => {
    const { stream } = connection()
    const making = new Making()
    making.make('one', 5)
    await expect(respond(stream, making.response)).rejects.toThrow('made of Uint8Arrays')
    stream.destroy()
  })

  test('is not sent to a HEAD, but its length is', async () => {
    const { stream, peer, got } = connection()
    const response = new Response('whole')
    response.headers.delete('content-type')
    await respond(stream, response, true)
    await turn()
    expect(got()).toBe(`${HEAD}Content-Length: 5\r\n\r\n`)
    peer.end()
  })

  test('is not made any further for a HEAD', async () => {
    const { stream, peer, got } = connection()
    const making = new Making()
    making.make('one')
    await respond(stream, making.response, true)
    peer.end()
    while (!making.cancelled) await turn()
    expect(got()).toBe(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
  })
})

describe('a response that cannot be sent is answered by another one:', () => {
  test('its head', async () => {
    const { stream, peer, got } = connection()
    const making = new Making()
    making.make('one')
    const headers = { 'x-echo': '\x01' }
    await respond(stream, new Response(making.response.body, { headers }))
    peer.end()
    while (!making.cancelled) await turn()
    expect(got()).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n.*x-echo/s)
  })

  test('its body is locked', async () => {
    const { stream, peer, got } = connection()
    const { response } = new Making()
    response.body?.getReader()
    await respond(stream, response)
    await turn()
    expect(got()).toMatch(/^HTTP\/1\.1 500 .*locked/s)
    peer.end()
  })

  test.each(['at once', 'after a while'])(
    'its body fails %s, before any of it is there',
    async (when) => {
      const { stream, peer, got } = connection()
      const making = new Making()
      if (when === 'at once') making.fail()
      const answered = respond(stream, making.response)
      for (let i = 0; i < 3; i++) await turn()
      if (when !== 'at once') making.fail()
      await answered
      await turn()
      expect(got()).toMatch(/^HTTP\/1\.1 500 .*torn/s)
      peer.end()
    },
  )

  test('its body begins with what is no bytes', async () => {
    const { stream, peer, got } = connection()
    const making = new Making()
    making.make(5)
    await respond(stream, making.response)
    await turn()
    expect(got()).toMatch(/^HTTP\/1\.1 500 .*made of Uint8Arrays/s)
    peer.end()
  })
})

describe('a body without end is cancelled', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  test.each(['before it has begun', 'once it has'])('when the peer goes %s', async (when) => {
    const { stream } = connection()
    const making = new Making()
    const answered = respond(stream, making.response)
    if (when === 'once it has') making.make('one')
    for (let i = 0; i < 3; i++) await turn()
    expect(making.cancelled).toBe(false)
    stream.destroy()
    await answered
    expect([making.cancelled, vi.getTimerCount()]).toEqual([true, 0])
  })

  test('five seconds after the peer has ended its side', async () => {
    const { stream, peer } = connection()
    const making = new Making()
    const answered = respond(stream, making.response)
    making.make('one')
    peer.end()
    for (let i = 0; i < 3; i++) await turn()
    vi.advanceTimersByTime(4_999)
    expect(stream.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    await answered
    expect([making.cancelled, vi.getTimerCount()]).toEqual([true, 0])
  })

  test('when the peer has read nothing for five seconds, and is not made meanwhile', async () => {
    let taken = (): void => {}
    const stream = new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        taken = done
      },
    })
    let made = 0
    let cancelled = false
    const body = new ReadableStream({
      pull(controller) {
        made++
        controller.enqueue(new Uint8Array(100_000))
      },
      cancel() {
        cancelled = true
      },
    })
    const answered = respond(stream, new Response(body))
    for (let i = 0; i < 3; i++) await turn()
    // One is being written, another waits for it in the body.
    expect(made).toBe(2)
    vi.advanceTimersByTime(4_999)
    for (let i = 0; i < 10 && made === 2; i++) {
      taken()
      await turn()
    }
    expect(made).toBe(3)
    vi.advanceTimersByTime(4_999)
    expect(stream.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    await answered
    expect([made, cancelled, vi.getTimerCount()]).toEqual([3, true, 0])
  })
})

test('what the maker of a body makes of its end disturbs nobody', async () => {
  const { stream } = connection()
  const body = new ReadableStream({ cancel: () => Promise.reject(new Error('too late')) })
  const answered = respond(stream, new Response(body))
  stream.destroy()
  await answered
  await turn()
})
