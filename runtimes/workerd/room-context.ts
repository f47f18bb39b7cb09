import type { WsClient } from 'antiphon'
import { type Backend, type ClientOptions, expectMessages } from 'antiphon/testing'
import { ourClient } from '../our-client.ts'
import type { Workerd } from './workerd.ts'

/** A room of `room.ts`. */
export interface RoomContext {
  connect(path: string, options?: ClientOptions): WsClient
  /** Puts the object out of memory, as when it has been idle for ten seconds. */
  sleep(): Promise<unknown>
  json(path: string): Promise<unknown>
  /** What handlers and hook have heard since it was asked for last. */
  notes(): Promise<readonly string[]>
}

let rooms = 0

/** Each case gets a room of its own. */
export function onRooms({ port }: Workerd): Backend<RoomContext> {
  const host = `127.0.0.1:${port}`
  return {
    async start() {
      const id = rooms++
      const path = `${host}/object/room/${id}`
      const json: RoomContext['json'] = async (to) => (await fetch(`http://${path}${to}`)).json()
      const notes = async (): Promise<readonly string[]> => {
        const lines = await json('/notes')
        return Array.isArray(lines) ? lines.map(String) : []
      }
      await notes()
      return {
        connect: (to, options) => ourClient.connect(`ws://${path}${to}`, options),
        sleep: () => fetch(`http://${host}/sleep/room/${id}/`),
        json,
        notes,
      }
    },
  }
}

/** Somebody who has been welcomed. */
export async function enter({ connect }: RoomContext, name: string): Promise<WsClient> {
  const client = connect(`/members/${name}`)
  await expectMessages(client, [`welcome ${name}`])
  return client
}

/** The room's own, and what is kept with a member's socket. */
export interface Told {
  /** Another number after each sleep. */
  readonly object: number
  /** How many messages the object has heard. */
  readonly heard: number
  readonly kept: unknown
}

export async function who(client: WsClient): Promise<Told> {
  client.send('who')
  for await (const message of client.received()) return JSON.parse(message.text())
  throw new Error('the room does not tell who it is')
}
