import { type Server as HttpServer, type IncomingMessage, ServerResponse } from 'node:http'
import { earlierAnswers, passDrainOn } from './earlier-answers.ts'

/**
 * Answers a request for an upgrade to something else than a WebSocket as if it had not asked for it (RFC 9110, section
 * 7.8): Java's `HttpClient` asks every server for `h2c`. To be called when Node has given up the connection with its
 * `upgrade` event; not for a request with a body, since Node did not read that.
 */
export function answerWithoutUpgrade(http: HttpServer, message: IncomingMessage): void {
  // As in Node: the response hears of it by the 'close' of the connection.
  message.socket.on('error', () => {})
  const earlier = earlierAnswers(message.socket)
  if (earlier === undefined) answer(http, message)
  else void earlier.then(() => answer(http, message))
}

function answer(http: HttpServer, message: IncomingMessage): void {
  const { socket } = message
  const response = new ServerResponse(message)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  socket.on('drain', passDrainOn)
  response.on('finish', () => {
    response.detachSocket(socket)
    socket.destroySoon()
  })
  http.emit('request', message, response)
}
