import { createServer, type Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { httpConnections } from '../../src/node/http-connections.ts'

/** Not listening, and without Node's own listeners: it parses nothing. */
function bareServer(): HttpServer {
  return createServer().removeAllListeners('connection')
}

/** A connection as Bun shows it: it counts no bytes, whatever has come. */
function connected(http: HttpServer, event = 'connection'): Socket {
  const socket = new Socket()
  http.emit(event, socket)
  return socket
}

function requested(http: HttpServer, socket: Socket): ServerResponse {
  const request = Object.assign(new IncomingMessage(socket), {
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  })
  const response = new ServerResponse(request)
  http.emit('request', request, response)
  return response
}

describe('the connections of an HTTP server', () => {
  test('are closed at once if they have no request, and left alone if they are answered or released', async () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const [idle, asked, upgraded] = [connected(http), connected(http), connected(http)]
    requested(http, asked)
    connections.release(upgraded)
    await connections.close()
    expect([idle, asked, upgraded].map(({ destroyed }) => destroyed)).toEqual([true, false, false])
    connections.destroy()
    expect([asked, upgraded].map(({ destroyed }) => destroyed)).toEqual([true, false])
    expect(upgraded.listenerCount('close')).toBe(0)
  })

  test.each(['connection', 'secureConnection'])(
    'are destroyed when they come after the end (%s)',
    async (event) => {
      const http = bareServer()
      await httpConnections(http).close()
      expect(connected(http, event).destroyed).toBe(true)
    },
  )

  test.each(['connection', 'secureConnection'])(
    'are forgotten with their answers when they are gone (%s)',
    async (event) => {
      const http = bareServer()
      const connections = httpConnections(http)
      const socket = connected(http, event)
      const answer = requested(http, socket)
      const destroy = vi.spyOn(socket, 'destroy')
      socket.emit('close')
      await connections.close()
      connections.destroy()
      expect([answer.shouldKeepAlive, destroy.mock.calls]).toEqual([true, []])
    },
  )

  test('are kept for another request until the end', async () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const closeIdle = vi.spyOn(http, 'closeIdleConnections')
    const socket = connected(http)
    const [first, second] = [requested(http, socket), requested(http, socket)]
    first.emit('close')
    expect(closeIdle).not.toHaveBeenCalled()
    await connections.close()
    expect(second.shouldKeepAlive).toBe(false)
    closeIdle.mockClear()
    second.emit('close')
    expect(closeIdle).toHaveBeenCalledOnce()
  })
})
