import { Message, type Subscriber, topics, type Websocket } from 'antiphon'
import type { ToPage } from './messages.ts'

/** Somebody's place in a room. */
export interface Seat {
  /** The name asked for, with a number where somebody has it already. */
  readonly name: string
  /** Who is in the room, in the order they came. */
  people(): string[]
  /** Tells everybody in the room. */
  tell(event: ToPage): void
}

export interface Rooms {
  /** Gives somebody a seat in the room until they are gone. */
  enter(room: string, name: string, socket: Websocket): Seat
}

export function openRooms(): Rooms {
  const rooms = topics({ message: Message.json() })
  const names = new WeakMap<Subscriber, string>()

  function enter(roomName: string, wanted: string, socket: Websocket): Seat {
    const room = rooms(roomName)
    const people = (): string[] => Array.from(room, (person) => names.get(person) ?? '')
    const name = freeName(wanted, new Set(people().map(keyOf)))
    names.set(socket, name)
    room.subscribe(socket)
    return {
      name,
      people,
      tell: (event) => void room.publish(event),
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
