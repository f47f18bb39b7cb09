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

type Person = z.infer<typeof Person>
const Person = z.object({ name: z.string().min(1) })

/** Reads a person out of a message, and makes a message of a person. */
export const person: Lens<WsMessage, Person> = Message.json(Person)

export const app: WsRouter = websockets(
  bind('/greet', () => (socket) => {
    socket.onMessage((message) => {
      const { name } = person(message)
      socket.send(person.create({ name: `${name}, who says hello` }))
    })
    // What is no person never gets that far.
    socket.onError((error) => {
      if (error instanceof LensFailure) socket.send(error.message)
    })
  }),
)
