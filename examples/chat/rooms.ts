import { Message, type Subscriber, topics, type Websocket } from 'antiphon'
import type { Said, ToPage } from './messages.ts'

/** Somebody's place in a room. */
export interface Seat {
  /** The name asked for, with a number where somebody has it already. */
  readonly name: string
  /** Who is in the room, in the order they came. */
  readonly people: readonly string[]
  /** From then on, hears what goes on in the room; before that, what was said after the message with that id, or lately. */
  sit(after: string | undefined): void
  /** Tells everybody who is in the room. */
  tell(event: ToPage): void
  /** Says something to everybody in the room, and to those who come later. */
  say(text: string): void
}

export interface Rooms {
  /** Finds a seat in the room, which is free again once they are gone. */
  enter(room: string, name: string, socket: Websocket): Seat
}

/** What is kept of each room: not for long, since anybody can open one. */
const HISTORY = { messages: 50, age: 3_600_000 } as const

export function openRooms(): Rooms {
  const rooms = topics({ message: Message.json(), history: HISTORY })
  const names = new WeakMap<Subscriber, string>()

  function enter(roomName: string, wanted: string, socket: Websocket): Seat {
    const room = rooms(roomName)
    const others = Array.from(room, (person) => names.get(person) ?? '')
    const name = freeName(wanted, new Set(others.map(keyOf)))
    return {
      name,
      people: [...others, name],
      sit(after) {
        names.set(socket, name)
        room.subscribe(socket, { after, last: HISTORY.messages })
      },
      tell: (event) => void room.publish(event),
      say(text) {
        room.publish((id): Said => ({ type: 'said', id, name, text, at: Date.now() }))
      },
    }
  }

  return { enter }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let number = 2; taken.has(keyOf(name)); number++) name = `${wanted} ${number}`
  return name
}

/** The same for names that look the same: case, compatibility forms and what is invisible make no difference. */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\p{C}/gu, '')
}
