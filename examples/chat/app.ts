import {
  accept,
  bind,
  type Capable,
  CloseReason,
  type Poly,
  poly,
  type WsConsumer,
  websockets,
} from 'antiphon'
import { isRoomName, mistake, readMessage, type ToPage } from './messages.ts'
import { page } from './page.ts'
import { openRooms, type Rooms, type Seat } from './rooms.ts'

const MAX_MISTAKES = 10
const LIMITS = { maxMessageSize: 16 * 1024, maxBufferedAmount: 1024 * 1024 } as const

/** The whole application: a page over HTTP, rooms over WebSockets. Each call makes one with rooms of its own. */
export function chat(): Poly<Capable<'bufferedAmount'>> {
  const rooms = openRooms()
  return poly(
    page,
    websockets(
      bind('/rooms/:room', ({ params: { room } }) =>
        isRoomName(room)
          ? accept(visit(room, rooms), { limits: LIMITS })
          : new Response('a room is named by 1 to 32 letters, digits, - and _', { status: 400 }),
      ),
    ),
  )
}

/** What happens with everybody who comes: a mistake is answered, and only too many of them end the visit. */
function visit(room: string, rooms: Rooms): WsConsumer {
  return (socket) => {
    let seat: Seat | undefined
    let mistakes = 0
    const answer = (event: ToPage): boolean => socket.send(JSON.stringify(event))

    socket.onMessage((message) => {
      const input = readMessage(message)
      if (input.type === 'join' && seat === undefined) {
        seat = rooms.enter(room, input.name, socket)
        answer({ type: 'welcome', name: seat.name, people: seat.people })
        seat.sit(input.after)
        seat.tell({ type: 'joined', name: seat.name, at: Date.now() })
      } else if (input.type === 'say' && seat !== undefined) {
        seat.say(input.text)
      } else {
        if (input.type === 'mistake') answer(input)
        else answer(mistake(seat === undefined ? 'join first' : 'you have joined already'))
        mistakes += 1
        if (mistakes === MAX_MISTAKES) socket.close(new CloseReason(1008, 'Too many mistakes'))
      }
    })

    socket.onClose(() => seat?.tell({ type: 'left', name: seat.name, at: Date.now() }))
  }
}
