import {
  bind,
  type TypedWebsocket,
  typed,
  type Websocket,
  type WsRouter,
  webSocket,
  websockets,
} from 'antiphon'
import { type Tally, tally, type Vote, vote } from './messages.ts'

/** The sockets of the page: who is here, a vote, and a session that spells. */
export function poll(): WsRouter {
  const people = new Set<Websocket>()
  const voters = new Set<TypedWebsocket<Vote, Tally>>()
  let votes: Tally = { tea: 0, coffee: 0 }

  function tellPeople(): void {
    for (const socket of people) socket.send(`${people.size} here`)
  }

  return websockets(
    bind('/people', () => (socket) => {
      people.add(socket)
      tellPeople()
      socket.onClose(() => {
        people.delete(socket)
        tellPeople()
      })
    }),
    bind('/votes', () => (socket) => {
      const voter = typed(socket, { receive: vote, send: tally })
      voters.add(voter)
      voter.send(votes)
      voter.onMessage(({ choice }) => {
        votes = { ...votes, [choice]: votes[choice] + 1 }
        for (const other of voters) other.send(votes)
      })
      voter.onClose(() => voters.delete(voter))
    }),
    webSocket('/spell', async (session) => {
      const frame = await session.incoming.receive()
      if (frame.type !== 'text') return
      for (const letter of frame.readText()) await session.send(letter)
    }),
  )
}
