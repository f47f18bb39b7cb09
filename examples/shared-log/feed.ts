import { bind, Query, sharedTopics, type TopicLog, type WsRouter, websockets } from 'antiphon'

const afterOf = Query.string().optional('after')

/** Rooms that live in a log: `/rooms/tea?after=ID` gets what was said there since, or the last 50 messages. */
export function feed(log: TopicLog): WsRouter {
  const rooms = sharedTopics({
    log,
    withId: (id, message) => JSON.stringify({ id, text: message.text() }),
    onError: ({ message }) => console.error(message),
  })
  return websockets(
    bind('/rooms/:room', (request) => {
      const room = rooms(request.params.room)
      const after = afterOf(request)
      return async (socket) => {
        // As text: of other messages, `withId` could make nothing.
        socket.onMessage((message) => room.publish(message.text()))
        const recovered = await room.subscribe(socket, { after, last: 50 }).recovered
        socket.send(JSON.stringify({ recovered }))
      }
    }),
  )
}
