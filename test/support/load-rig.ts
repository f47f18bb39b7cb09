import type { Load, LoadPlan } from '../../src/cli/load/plan.ts'
import { Tally } from '../../src/cli/load/tally.ts'
import { node } from '../../src/node/engine.ts'
import { serve } from '../../src/serving/engine.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { systemClock } from '../../src/websocket/support/clock.ts'
import { lastingClock } from '../../src/websocket/support/lasting-clock.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'

/** A server until it is disposed of. */
export async function serving(
  handler: WsHandler<FrameSocket>,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = await serve(handler, node({ webSockets: { origin: 'any' } }))
  return {
    url: server.url.replace('http', 'ws'),
    [Symbol.asyncDispose]: () => server.stop({ drain: 0 }),
  }
}

export const echoing: WsHandler = () => (socket) =>
  socket.onMessage((message) => socket.send(message))

/** Three messages, one after the other, on each of two connections, unless told otherwise. */
export function loadOn(url: string, plan: Partial<LoadPlan> = {}): Load {
  return {
    plan: {
      url,
      connect: { onError() {} },
      connections: 2,
      rate: 1_000,
      message: WsMessage.text('hello'),
      messages: 3,
      duration: Infinity,
      pacing: { loop: 'closed', depth: 1 },
      wait: 5_000,
      ...plan,
    },
    clock: { ...systemClock, ...lastingClock },
    tally: new Tally(),
  }
}
