import {
  bind,
  type Clock,
  type Lens,
  Message,
  systemClock,
  type TypedWebsocket,
  typed,
  type WsMessage,
  type WsRouter,
  websockets,
} from 'antiphon'
import * as z from 'zod'

/** What a player sends. */
interface Steer {
  readonly go: 'left' | 'right' | 'stop'
}

/** What a player gets at every tick: places on the line, of this player and of the others. */
interface State {
  readonly tick: number
  readonly you: number
  readonly others: number[]
}

export const steer: Lens<WsMessage, Steer> = Message.json(
  z.object({ go: z.enum(['left', 'right', 'stop']) }),
)
export const state: Lens<WsMessage, State> = Message.json(
  z.object({ tick: z.int(), you: z.int(), others: z.array(z.int()) }),
)

const STEPS = { left: -1, right: 1, stop: 0 } as const
const TICK = 50
const LAST = 99

interface Player {
  readonly socket: TypedWebsocket<Steer, State>
  place: number
  step: number
}

/** Players on a line of 100 places, moved every 50 ms for as long as there are any. */
export function game(clock: Clock = systemClock): WsRouter {
  const players = new Set<Player>()
  let ticks = 0
  let stop = (): void => {}

  function tick(): void {
    ticks += 1
    for (const player of players) {
      player.place = Math.min(LAST, Math.max(0, player.place + player.step))
    }
    for (const player of players) {
      const others = [...players].filter((other) => other !== player).map(({ place }) => place)
      player.socket.send({ tick: ticks, you: player.place, others })
    }
  }

  function run(): void {
    stop()
    stop = clock.after(TICK, () => {
      tick()
      if (players.size > 0) run()
    })
  }

  return websockets(
    bind('/game', () => (socket) => {
      const own = typed(socket, { receive: steer, send: state })
      const player: Player = { socket: own, place: 0, step: 0 }
      players.add(player)
      if (players.size === 1) run()
      own.onMessage(({ go }) => {
        player.step = STEPS[go]
      })
      own.onClose(() => {
        players.delete(player)
        if (players.size === 0) stop()
      })
    }),
  )
}

export const app: WsRouter = game()
