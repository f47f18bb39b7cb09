import { describe, expect, test } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { compose } from '../../src/routing/compose.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import type { HttpFilter, PolyFilter } from '../../src/routing/poly-handler.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import type { HandshakeFilter, WsFilter } from '../../src/websocket/ws-handler.ts'
import { answerOf, fetched, says } from './fixtures.ts'

describe('compose', () => {
  const log: string[] = []
  function logged(run: () => unknown): Promise<string[]> {
    log.length = 0
    return Promise.resolve(run()).then(() => [...log])
  }

  const onSocket =
    (name: string): WsFilter =>
    (next) =>
    (socket) => {
      log.push(name)
      return next(socket)
    }
  const onHandshake =
    (name: string): HandshakeFilter =>
    (next) =>
    (request) => {
      log.push(name)
      return next(request)
    }
  const onHttp =
    (name: string): HttpFilter =>
    (next) =>
    (request) => {
      log.push(name)
      return next(request)
    }
  const onBoth =
    (name: string): PolyFilter =>
    ({ http, ws }) => ({
      http: http && onHttp(name)(http),
      ws: ws && onHandshake(name)(ws),
    })
  const ws = websockets(bind('/', () => says('')))
  const http = routes(bind('/', () => new Response('')))

  test('makes one filter of several, the first outermost, whatever their kind', async () => {
    const names = ['a', 'b', 'c']
    const socketFilter = compose(...names.map(onSocket))
    expect(await logged(() => answerOf(ws.withFilter(socketFilter), '/'))).toEqual(names)
    const handshakeFilter = compose(...names.map(onHandshake))
    expect(await logged(() => answerOf(ws.withHandshake(handshakeFilter), '/'))).toEqual(names)
    const httpFilter = compose(...names.map(onHttp))
    expect(await logged(() => http.withFilter(httpFilter)(fetched('/')))).toEqual(names)
    const app = compose(...names.map(onBoth))(poly(ws, http))
    expect(await logged(() => answerOf(app.ws!, '/'))).toEqual(names)
    expect(await logged(() => app.http!(fetched('/')))).toEqual(names)
  })

  test('of one filter is that filter, and of none changes nothing', async () => {
    expect(await logged(() => answerOf(ws.withFilter(compose(onSocket('a'))), '/'))).toEqual(['a'])
    expect(compose<HandshakeFilter>()(ws)).toBe(ws)
  })
})
