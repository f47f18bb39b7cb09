import { createServer, type Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { describe, expect, test, vi } from 'vitest'
import { httpConnections } from '../../../src/node/http/http-connections.ts'

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

/** The TLS connection over a TCP one. */
function secured(http: HttpServer, tcp: Socket): Socket {
  const socket = new TLSSocket(tcp)
  http.emit('secureConnection', socket)
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

  test('are not waited for once they were destroyed, even one that the runtime tells nobody of', async () => {
    const http = bareServer()
    http.close = () => http
    const connections = httpConnections(http)
    const closed = connections.close()
    connections.destroy()
    await closed
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
    const [socket, other] = [connected(http), connected(http)]
    const [first, second] = [requested(http, socket), requested(http, socket)]
    const third = requested(http, other)
    first.emit('close')
    await connections.close()
    expect(second.shouldKeepAlive).toBe(false)
    const end = vi.spyOn(socket, 'destroySoon')
    second.emit('close')
    expect(end).toHaveBeenCalledOnce()
    expect([other.destroyed, third.shouldKeepAlive]).toEqual([false, false])
  })

  test('are not looked at for each answer that ends while others go on', async () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const answers = Array.from({ length: 3 }, () => requested(http, connected(http)))
    await connections.close()
    const closeIdle = vi.spyOn(http, 'closeIdleConnections')
    for (const answer of answers) answer.emit('close')
    expect(closeIdle).not.toHaveBeenCalled()
  })

  test('that have been upgraded do not end with an earlier answer', async () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const socket = connected(http)
    const earlier = requested(http, socket)
    connections.release(socket)
    await connections.close()
    const end = vi.spyOn(socket, 'destroySoon')
    earlier.emit('close')
    expect(end).not.toHaveBeenCalled()
  })

  test('without an answer can be destroyed alone', () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const [begun, asked] = [connected(http), connected(http)]
    requested(http, asked)
    connections.destroyBegun()
    expect([begun.destroyed, asked.destroyed]).toEqual([true, false])
  })

  test('of TLS can be destroyed alone while they shake hands or have no answer', () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const tcp = Array.from({ length: 4 }, () => connected(http))
    const [begun, asked, upgraded] = tcp.slice(1).map((below) => secured(http, below))
    requested(http, asked!)
    connections.release(upgraded!)
    connections.destroyBegun()
    expect([begun, asked, upgraded].map((socket) => socket?.destroyed)).toEqual([
      true,
      false,
      false,
    ])
    expect([tcp[0], tcp[2], tcp[3]].map((socket) => socket?.destroyed)).toEqual([
      true,
      false,
      false,
    ])
  })

  test('of TLS that are upgraded before anybody else sees them are released with the TCP below', () => {
    const http = bareServer()
    const connections = httpConnections(http)
    const tcp = connected(http)
    connections.release(new TLSSocket(tcp))
    connections.destroy()
    expect(tcp.destroyed).toBe(false)
  })
})
