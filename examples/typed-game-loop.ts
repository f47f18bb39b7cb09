import {
  bind,
  type Clock,
  Message,
  systemClock,
  type TypedWebsocket,
  typed,
  type WsRouter,
  websockets,
} from 'antiphon'
import * as z from 'zod'

const Steer = z.object({ go: z.enum(['left', 'right', 'stop']) })
const State = z.object({ tick: z.int(), you: z.int(), others: z.array(z.int()) })

/** What a player sends, and what each gets at every tick. */
export const steer = Message.json(Steer)
export const state = Message.json(State)

const STEPS = { left: -1, right: 1, stop: 0 } as const
const TICK = 50
const WIDTH = 100

interface Player {
  readonly socket: TypedWebsocket<z.infer<typeof Steer>, z.infer<typeof State>>
  x: number
  step: -1 | 0 | 1
}

/** Players on a line of 100 places, moved every 50 ms for as long as there are any. */
export function game(clock: Clock = systemClock): WsRouter {
  const players = new Set<Player>()
  let ticks = 0

  function tick(): void {
    ticks += 1
    for (const player of players) {
      player.x = Math.min(WIDTH - 1, Math.max(0, player.x + player.step))
    }
    for (const player of players) {
      const others = [...players].filter((other) => other !== player).map(({ x }) => x)
      player.socket.send({ tick: ticks, you: player.x, others })
    }
    if (players.size > 0) clock.after(TICK, tick)
  }

  return websockets(
    bind('/game', () => (socket) => {
      const player: Player = {
        socket: typed(socket, { receive: steer, send: state }),
        x: 0,
        step: 0,
      }
      players.add(player)
      if (players.size === 1) clock.after(TICK, tick)
      player.socket.onMessage(({ go }) => {
        player.step = STEPS[go]
      })
      socket.onClose(() => players.delete(player))
    }),
  )
}

export const app: WsRouter = game()
