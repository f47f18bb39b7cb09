import { createHash } from 'node:crypto'
import {
  bearer,
  bind,
  type RequestKey,
  requestKey,
  topic,
  type WsRouter,
  websockets,
} from 'antiphon'

const member: RequestKey<string> = requestKey('member')

/** A room for those who bring the token of a member: `Authorization: Bearer ...`, or `?token=...` from a page. */
export function authRoom(tokens: Readonly<Record<string, string>>): WsRouter {
  // Looked up by digest: how long that takes says nothing about how much of a token is right.
  const names = new Map(Object.entries(tokens).map(([token, name]) => [digest(token), name]))
  const inside = topic()

  return websockets(
    bind('/room', (request) => {
      const name = request.get(member)
      return (socket) => {
        inside.subscribe(socket)
        inside.publish(`${name} is here`)
        socket.onMessage((message) => inside.publish(`${name}: ${message.text()}`))
        socket.onClose(() => inside.publish(`${name} has left`))
      }
    }),
  ).withHandshake(
    bearer((token) => names.get(digest(token)), { principal: member, query: 'token' }),
  )
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export const app: WsRouter = authRoom({ 'ann-secret': 'ann', 'ben-secret': 'ben' })
