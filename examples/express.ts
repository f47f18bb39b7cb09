import { createServer, type Server } from 'node:http'
import { bind, websockets } from 'antiphon'
import { type Attachment, attach } from 'antiphon/node'
import express from 'express'

const pages = express().get('/', (_request, response) => {
  response.send('hello from Express')
})

/** Express for HTTP; it listens when you say so. */
export const server: Server = createServer(pages)

/** WebSockets on the same server. */
export const sockets: Attachment = attach(
  server,
  websockets(bind('/echo', () => (socket) => socket.onMessage((message) => socket.send(message)))),
)
