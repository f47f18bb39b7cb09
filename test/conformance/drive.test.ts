import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { drive } from '../../conformance/autobahn/drive.ts'

let server: WebSocketServer | undefined

afterEach(() => {
  for (const socket of server?.clients ?? []) socket.terminate()
  server?.close()
})

type Game = (socket: WebSocket, request: IncomingMessage) => void

/** A fuzzing server with these cases; its log has what was asked of it, in order. */
async function fuzzingServer(cases: readonly Game[]): Promise<{ url: string; log: string[] }> {
  const own = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: { threshold: 0 },
  })
  server = own
  const log: string[] = []
  own.on('connection', (socket, request) => {
    log.push(request.url ?? '')
    socket.on('error', () => {})
    const url = new URL(request.url ?? '', 'ws://localhost')
    if (url.pathname === '/getCaseCount') {
      socket.send(String(cases.length))
      socket.close(1000)
    } else if (url.pathname === '/runCase') {
      cases[Number(url.searchParams.get('case')) - 1]!(socket, request)
    } else {
      socket.close(1000)
    }
  })
  await once(own, 'listening')
  return { url: `ws://127.0.0.1:${(own.address() as AddressInfo).port}`, log }
}

/** Sends this, and closes when it came back. */
const echoed =
  (content: string | Uint8Array, seen: unknown[]): Game =>
  (socket) => {
    socket.send(content)
    socket.on('message', (data, isBinary) => {
      seen.push(isBinary ? data : (data as Buffer).toString())
      socket.close(1000)
    })
  }

describe('the driver for a fuzzing server', () => {
  it('asks for the count, echoes every case, and asks for the report', async () => {
    const seen: unknown[] = []
    const { url, log } = await fuzzingServer([
      echoed('héllo', seen),
      echoed(Uint8Array.of(0, 0xff), seen),
      (socket) => socket.terminate(),
      (_, request) => request.socket.end(Uint8Array.of(0x83, 0)),
    ])
    const progress: string[] = []
    const onCase = (done: number, of: number): number => progress.push(`${done}/${of}`)
    expect(await drive({ url, agent: 'a b', onCase })).toBe(4)
    expect(seen).toEqual(['héllo', Buffer.of(0, 0xff)])
    expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4'])
    expect(log).toEqual([
      '/getCaseCount',
      ...[1, 2, 3, 4].map((i) => `/runCase?case=${i}&agent=a+b`),
      '/updateReports?agent=a+b',
    ])
  })

  it('offers permessage-deflate', async () => {
    let offer: string | undefined
    const { url } = await fuzzingServer([
      (socket, request) => {
        offer = request.headers['sec-websocket-extensions']
        socket.close(1000)
      },
    ])
    await drive({ url, agent: 'antiphon' })
    expect(offer).toMatch(/^permessage-deflate; client_max_window_bits/)
  })

  it('says where it cannot connect', async () => {
    const { url } = await fuzzingServer([])
    const closed = once(server!, 'close')
    server!.close()
    await closed
    await expect(drive({ url, agent: 'antiphon' })).rejects.toThrow(`cannot connect to ${url}`)
  })
})
