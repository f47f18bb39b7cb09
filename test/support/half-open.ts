import { once } from 'node:events'
import { Besieged } from './besieged.ts'
import { handshake } from './raw-client.ts'

/** What became of a server under many handshakes that do not end. */
interface Siege {
  /** Whether a good peer was served meanwhile. */
  readonly served: boolean
  /** Connections left after the time for a handshake. */
  readonly left: number
  readonly lines: readonly string[]
}

/** Connects so often, in three stages of a handshake, none of which ends; `timeout` is the server's, in milliseconds. */
export async function besiegeWithHalfOpenHandshakes(
  count: number,
  timeout: number,
): Promise<Siege> {
  await using server = await Besieged.start({ handshakeTimeout: timeout })
  const beginnings = ['', handshake().slice(0, 20), handshake().slice(0, -2)]
  let left = 0
  const gone: Promise<unknown>[] = []
  for (let i = 0; i < count; i += 250) {
    const batch = Array.from({ length: Math.min(250, count - i) }, async (_, k) => {
      const socket = server.mute()
      gone.push(once(socket, 'close').then(() => left--))
      await once(socket, 'connect')
      left++
      socket.resume()
      socket.write(beginnings[k % beginnings.length]!)
    })
    await Promise.all(batch)
  }
  const served = await server.serves()
  await Promise.all(gone)
  return { served, left, lines: [...server.lines] }
}
