import { accept, bind, poly, routes, websockets } from 'antiphon'
import {
  type DurableObjectHandlers,
  type DurableObjectState,
  durableObject,
  hibernatable,
} from 'antiphon/cloudflare'

interface Member {
  readonly name: string
  readonly since: Date
  readonly said: number
}

/** How often each object was made. */
const made = new Map<string, number>()

export const Room: new (state: DurableObjectState, env: unknown) => DurableObjectHandlers =
  durableObject((state) => {
    const members = hibernatable<Member>({
      state,
      open: (socket) => socket.send(`welcome ${socket.attachment.name}`),
      message(socket, message) {
        socket.send(message)
      },
    })
    return poly(
      routes(bind('/members', () => Response.json(members.sockets().length))),
      websockets(
        bind('/members/:name', ({ params: { name } }) =>
          members({ name, since: new Date(0), said: 0 }),
        ),
      ),
    )
  })
