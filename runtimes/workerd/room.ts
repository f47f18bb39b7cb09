import { accept, bind, CloseReason, poly, routes, websockets } from 'antiphon'
import {
  type DurableObjectHandlers,
  type DurableObjectState,
  durableObject,
  hibernatable,
} from 'antiphon/cloudflare'

/** What is kept with a socket of the room. */
interface Member {
  readonly name: string
  readonly joined: Date
  readonly said: number
}

/** How many objects were made: one that slept is made anew. */
let made = 0

/** What `close` and `error` heard, and the hook; it outlives the objects. */
const notes: string[] = []

/** Sockets that sleep, and one that cannot, in one object. */
export const Room: new (state: DurableObjectState, env: unknown) => DurableObjectHandlers =
  durableObject(
    async (state: DurableObjectState) => {
      const object = ++made
      let heard = 0
      // As if something were read from its storage.
      await new Promise((resolve) => setTimeout(resolve, 1))

      const members = hibernatable<Member>({
        state,
        open: (socket) => socket.send(`welcome ${socket.attachment.name}`),
        async message(socket, message) {
          const { attachment, protocol, upgradeRequest } = socket
          const [command = '', ...rest] = message.text().split(' ')
          heard++
          if (command === 'who') {
            const { name, joined, said } = attachment
            const { params, path } = upgradeRequest
            const kept = { name, joined: joined.toISOString(), said, params, path, protocol }
            socket.send(JSON.stringify({ object, heard, kept }))
          } else if (command === 'say') {
            socket.attachment = { ...attachment, said: attachment.said + 1 }
            for (const member of members.sockets()) {
              member.send(`${attachment.name}: ${rest.join(' ')}`)
            }
          } else if (command === 'work') {
            socket.send('at work')
            await new Promise((resolve) => setTimeout(resolve, Number(rest[0])))
            socket.send(`${object} is done`)
          } else if (command === 'close') {
            socket.close(new CloseReason(Number(rest[0]), 'as you wish'))
          } else if (command === 'header') {
            upgradeRequest.header(rest[0] ?? '')
          } else if (command === 'bloat') {
            socket.attachment = { ...attachment, name: 'a'.repeat(16_384) }
          } else if (command === 'call') {
            const callable = { ...attachment, call: () => 'nobody' }
            socket.attachment = callable
          }
        },
        close: ({ attachment: { name }, state: now }, { code, message }) =>
          notes.push(`${name} ${now} ${code} ${message}`.trimEnd()),
        error(socket, { name, message }) {
          notes.push(name)
          socket.send(`${name}: ${message}`)
        },
      })

      const watchers = hibernatable({
        state,
        name: 'watchers',
        async open(socket) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          socket.send('opened')
        },
        message(socket, message) {
          if (message.text() === 'throw') throw new Error('inner detail')
          socket.send(`${socket.protocol} ${watchers.sockets().length}`)
        },
      })

      const member = (name: string): Member => ({ name, joined: new Date(0), said: 0 })
      const limits = { maxMessageSize: 10 }
      return poly(
        routes(
          bind('/notes', () => Response.json(notes.splice(0))),
          bind('/members', () =>
            Response.json(members.sockets().map((each) => each.attachment.name)),
          ),
        ),
        websockets(
          bind('/members/:name', ({ params: { name } }) => members(member(name))),
          bind('/bloated', () => members(member('a'.repeat(16_384)))),
          bind('/watchers', () => accept(watchers(), { protocol: 'watch.v1', limits })),
          bind('/plain', () => (socket) => {
            let count = 0
            socket.onMessage(() => socket.send(`${object} ${++count}`))
          }),
        ),
        websockets(bind('/filtered', () => members(member('nobody')))).withFilter(
          (next) => (socket) => next(socket),
        ),
      )
    },
    {
      webSockets: {
        closeTimeout: 100,
        onError: ({ name, message }) => notes.push(`hook ${name}: ${message}`),
      },
    },
  )
