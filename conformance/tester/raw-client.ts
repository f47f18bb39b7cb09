import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { DeflateTerms } from '../suite/case.ts'
import { Codec } from './codec.ts'
import { agreementOf, offerOf } from './deflate-terms.ts'
import { acceptOf, readHead, SAMPLE_KEY } from './http.ts'
import { TcpWire } from './tcp-wire.ts'

/** Opens a connection to a server under test. Rejects when it does not answer as it should. */
export async function openWire(
  port: number,
  terms: readonly DeflateTerms[] | undefined,
): Promise<TcpWire> {
  const socket = await openTcp(port)
  socket.write(
    [
      'GET / HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${SAMPLE_KEY}`,
      'Sec-WebSocket-Version: 13',
      ...(terms === undefined ? [] : [`Sec-WebSocket-Extensions: ${offerOf(terms)}`]),
      '\r\n',
    ].join('\r\n'),
  )
  const head = await readHead(socket)
  if (head?.fields.get('sec-websocket-accept') !== acceptOf(SAMPLE_KEY)) {
    socket.destroy()
    throw new Error(`the server under test answered ${head?.start ?? 'nothing'}`)
  }
  const answer = head.fields.get('sec-websocket-extensions')
  const agreed = terms && agreementOf(answer, terms)
  if (terms === undefined ? answer !== undefined : agreed === undefined) {
    socket.destroy()
    throw new Error(`the server under test chose ${answer ?? 'no extension'}`)
  }
  return new TcpWire(socket, 'client', agreed && new Codec(agreed), head.rest)
}

/** A TCP connection on the loopback interface. */
export async function openTcp(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}
