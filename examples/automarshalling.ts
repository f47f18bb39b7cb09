import {
  bind,
  type Lens,
  LensFailure,
  Message,
  type WsMessage,
  type WsRouter,
  websockets,
} from 'antiphon'
import * as z from 'zod'

interface Person {
  readonly name: string
}

/** Reads a person out of a message, and makes a message of a person. */
export const person: Lens<WsMessage, Person> = Message.json(z.object({ name: z.string().min(1) }))

export const app: WsRouter = websockets(
  bind('/greet', () => (socket) => {
    socket.onMessage((message) => {
      const { name } = person(message)
      socket.send(person.create({ name: `hello ${name}` }))
    })
    // A message that is no person gets no further than its lens.
    socket.onError((error) => {
      if (error instanceof LensFailure) socket.send(error.message)
    })
  }),
)
