import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { bind } from '../../src/routing/bind.ts'
import { routes } from '../../src/routing/http-router.ts'
import { poly } from '../../src/routing/poly.ts'
import { Besieged } from '../support/besieged.ts'
import { turn } from '../support/byte-streams.ts'
import { handshake } from '../support/raw-client.ts'

const CHUNK = 65_536

/** More than a system takes for a connection. */
const TOO_MUCH = 64 * 1024 * 1024

describe('an upgrade of a path whose response never ends', () => {
  it.each(['websocket', 'h2c'])(
    'to %s holds no more than fits, and ends with its peer',
    async (Upgrade) => {
      let made = 0
      let cancelled = 0
      const body = (): ReadableStream =>
        new ReadableStream({
          async pull(controller) {
            await turn()
            made++
            controller.enqueue(new Uint8Array(CHUNK))
          },
          cancel() {
            cancelled++
          },
        })
      await using server = await Besieged.start({
        app: poly(routes(bind('/events', () => new Response(body())))),
      })
      const attacker = server.mute()
      await once(attacker, 'connect')
      attacker.write(handshake('/events', { Upgrade }))
      await once(attacker, 'readable')
      // Until the system takes no more.
      let before = -1
      while (made > before && made * CHUNK < TOO_MUCH) {
        before = made
        for (let i = 0; i < 200; i++) await turn()
      }
      expect(made * CHUNK).toBeLessThan(TOO_MUCH)
      attacker.resetAndDestroy()
      while (cancelled === 0) await turn()
      expect(server.lines).toEqual([])
    },
  )
})
