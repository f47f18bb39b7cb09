import type { EventEmitter } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import {
  checkBody,
  type HandshakeRequest,
  isUpgrade,
} from '../../protocol/handshake/server-handshake.ts'
import { earlierAnswers, passDrainOn } from './earlier-answers.ts'
import { hush } from './hush.ts'
import { claim } from './stream-mark.ts'

/**
 * Answers a request for an upgrade to something other than a WebSocket as a plain one (RFC 9110, section 7.8): Java's
 * `HttpClient` asks every server for `h2c`. For requests of Node's `upgrade` event, which hands over the connection;
 * `http` has the listeners for requests. False, with nothing done, for an upgrade to a WebSocket, and for a request with
 * a body, which Node did not read.
 */
export function answerWithoutUpgrade(
  http: EventEmitter,
  source: HandshakeRequest,
  message: IncomingMessage,
): boolean {
  if (isUpgrade(source) || checkBody(source) !== undefined) return false
  // As Node does: the 'close' of the connection tells the response.
  hush(message.socket)
  claim(message.socket)
  const earlier = earlierAnswers(message.socket)
  if (earlier === undefined) answer(http, message)
  else void earlier.then(() => answer(http, message))
  return true
}

function answer(http: EventEmitter, message: IncomingMessage): void {
  const { socket } = message
  const response = new ServerResponse(message)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  socket.on('drain', passDrainOn)
  response.on('finish', () => socket.destroySoon())
  // Node no longer reads the connection: nobody would notice that the client has gone.
  socket.on('end', () => socket.end())
  socket.resume()
  http.emit('request', message, response)
}
