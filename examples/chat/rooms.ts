import { type Websocket, WsMessage } from 'antiphon'
import type { ToPage } from './messages.ts'

/** Somebody's place in a room. */
export interface Seat {
  /** The name asked for, with a number where somebody has it already. */
  readonly name: string
  /** Who is in the room, in the order they came. */
  people(): string[]
  /** Tells everybody in the room; the frame is encoded once. */
  tell(event: ToPage): void
  leave(): void
}

export interface Rooms {
  /** Gives somebody a seat in the room, which is there while somebody is in it. */
  enter(room: string, name: string, socket: Websocket): Seat
}

interface Person {
  readonly name: string
  readonly socket: Websocket
}

export function openRooms(): Rooms {
  const rooms = new Map<string, Map<string, Person>>()

  function enter(roomName: string, wanted: string, socket: Websocket): Seat {
    const room = rooms.get(roomName) ?? new Map<string, Person>()
    const name = freeName(wanted, room)
    room.set(keyOf(name), { name, socket })
    rooms.set(roomName, room)
    return {
      name,
      people: () => [...room.values()].map((person) => person.name),
      tell(event) {
        const message = WsMessage.text(JSON.stringify(event))
        for (const person of room.values()) person.socket.send(message)
      },
      leave() {
        room.delete(keyOf(name))
        if (room.size === 0) rooms.delete(roomName)
      },
    }
  }

  return { enter }
}

function freeName(wanted: string, room: ReadonlyMap<string, Person>): string {
  let name = wanted
  for (let number = 2; room.has(keyOf(name)); number++) name = `${wanted} ${number}`
  return name
}

/** The same for names that look the same: case, compatibility forms and what is invisible make no difference. */
function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\p{C}/gu, '')
}
