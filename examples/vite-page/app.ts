import { bind, topic, typed, type WsRouter, webSocket, websockets } from 'antiphon'
import { type Tally, tally, vote } from './messages.ts'

/** The sockets of the page: who is here, a vote, and a session that spells. */
export function poll(): WsRouter {
  const people = topic()
  const voters = topic({ message: tally })
  let votes: Tally = { tea: 0, coffee: 0 }

  function tellPeople(): void {
    people.publish(`${people.size} here`)
  }

  return websockets(
    bind('/people', () => (socket) => {
      people.subscribe(socket)
      tellPeople()
      socket.onClose(tellPeople)
    }),
    bind('/votes', () => (socket) => {
      const voter = typed(socket, { receive: vote, send: tally })
      voters.subscribe(voter)
      voter.send(votes)
      voter.onMessage(({ choice }) => {
        votes = { ...votes, [choice]: votes[choice] + 1 }
        voters.publish(votes)
      })
    }),
    webSocket('/spell', async (session) => {
      const frame = await session.incoming.receive()
      if (frame.type !== 'text') return
      for (const letter of frame.readText()) await session.send(letter)
    }),
  )
}
