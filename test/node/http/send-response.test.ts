import { afterEach, describe, expect, test, vi } from 'vitest'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import { turn } from '../../support/byte-streams.ts'
import { RawClient } from '../../support/raw-client.ts'

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

/** What a client and the hook get when the HTTP half answers so. */
async function answered(
  response: Response,
  request = GET,
): Promise<{ readonly text: string; readonly reports: readonly string[] }> {
  const reports: string[] = []
  const onError = (error: Error, socket: unknown): void => {
    reports.push(`${error.message} ${socket}`)
  }
  const app = { http: () => response, ws: undefined }
  await using server = await serve(app, node({ webSockets: { onError } }))
  await using client = await RawClient.open(server.port)
  client.write(request)
  const text = await client.rest()
  return { text, reports }
}

/** A response whose body is all of the chunks, and then an error. */
function torn(...chunks: readonly string[]): Response {
  const rest = [...chunks]
  return new Response(
    new ReadableStream({
      async pull(controller) {
        // Each is sent by itself.
        await turn()
        const next = rest.shift()
        if (next === undefined) controller.error(new Error('torn'))
        else controller.enqueue(Buffer.from(next))
      },
    }),
  )
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a response over HTTP that cannot be sent is a 500, told to the hook and not to the console', () => {
  test('with a control character in a header, and its body is cancelled', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const cancel = vi.fn(() => Promise.reject(new Error('too late')))
    const body = new ReadableStream({ cancel })
    // Nothing of the headers before it is left.
    const headers = { 'content-length': '5', 'transfer-encoding': 'gzip', 'x-echo': '\x01' }
    const { text, reports } = await answered(new Response(body, { headers }))
    expect(text).toMatch(/^HTTP\/1.1 500 \r\n.*the handler failed\n/s)
    expect(text).not.toMatch(/x-echo|content-length|gzip/i)
    expect(reports).toEqual([expect.stringContaining("the value of header 'x-echo' has")])
    expect(cancel).toHaveBeenCalledOnce()
    expect(log).not.toHaveBeenCalled()
  })

  test('with a body that somebody else reads', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const response = new Response('a')
    response.body?.getReader()
    const { text, reports } = await answered(response)
    expect(text).toMatch(/^HTTP\/1.1 500 \r\n.*the handler failed\n/s)
    expect(reports).toEqual([
      'a handler answered a Response whose body is locked: somebody else reads it undefined',
    ])
    expect(log).not.toHaveBeenCalled()
  })

  test('with what is no stream for a body', async () => {
    const response = new Response('a')
    Object.defineProperty(response, 'body', { value: {} })
    const { text, reports } = await answered(response)
    expect(text).toMatch(/^HTTP\/1.1 500 /)
    expect(reports).toHaveLength(1)
  })

  test('without a body, to a HEAD', async () => {
    const response = new Response('a', { headers: { 'x-echo': '\x01' } })
    const { text } = await answered(response, GET.replace('GET', 'HEAD'))
    expect(text).toMatch(/^HTTP\/1.1 500 \r\n/)
    expect(text).toMatch(/\r\n\r\n$/)
  })
})

describe('a body over HTTP', () => {
  test.each([[[]], [['one']], [['one', 'two']]])(
    'that fails after %j ends the connection, and the hook hears of it',
    async (chunks) => {
      const { text, reports } = await answered(torn(...chunks))
      for (const chunk of chunks) expect(text).toContain(chunk)
      expect(text).not.toMatch(/0\r\n\r\n$/)
      expect(reports).toEqual(['torn undefined'])
    },
  )

  test('that is not made of bytes ends the connection, and the hook hears of it', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(5) })
    const { text, reports } = await answered(new Response(body))
    expect(text).toBe('')
    expect(reports).toEqual([expect.stringContaining('Received type number')])
  })

  test('whose client leaves is cancelled, and no error', async () => {
    const onError = vi.fn()
    let cancelled!: () => void
    const left = new Promise<void>((resolve) => {
      cancelled = resolve
    })
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('one')),
      cancel: cancelled,
    })
    const app = { http: () => new Response(body), ws: undefined }
    await using server = await serve(app, node({ webSockets: { onError } }))
    const client = await RawClient.open(server.port)
    client.write(GET)
    await client.head()
    client.socket.resetAndDestroy()
    await left
    await turn()
    expect(onError).not.toHaveBeenCalled()
  })
})
