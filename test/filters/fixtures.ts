import { applyFilter } from '../../src/routing/apply-filter.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import type { OfflineOptions } from '../../src/testing/offline/offline-options.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsConsumer, WsFilter } from '../../src/websocket/ws-handler.ts'
import type { WsMessage } from '../../src/websocket/ws-message.ts'
import { rig, type WirePeer } from '../support/socket-rig.ts'

/** Sends back what comes. */
export function echo(socket: Websocket): void {
  socket.onMessage((message) => socket.send(message))
}

/** Sends back every frame but those of control. */
export function echoFrames({ frames }: FrameSocket): void {
  frames.onFrame((frame) => {
    if (!frame.frameType.controlFrame) frames.send(frame)
  })
}

/** All there is to see of a filtered socket. */
interface Seen<S extends Websocket> {
  /** The time of the filter. */
  readonly clock: VirtualClock
  /** What the server's hook was told. */
  readonly hook: Error[]
  /** The statuses that `onClose` told. */
  readonly closes: string[]
  /** As the consumer got it. */
  readonly socket: S
}

export interface Filtered extends Seen<Websocket> {
  readonly client: WsClient
}

export interface FilteredFrames extends Seen<FrameSocket> {
  readonly peer: WirePeer
}

export interface FilteredOptions extends OfflineOptions {
  readonly path?: string
}

/** A client, offline, of a consumer behind the filter. */
export function filtered(
  filter: (clock: VirtualClock) => WsFilter,
  consumer: WsConsumer = echo,
  { path = '/', ...options }: FilteredOptions = {},
): Filtered {
  const clock = new VirtualClock()
  const hook: Error[] = []
  const closes: string[] = []
  let socket: Websocket | undefined
  const behind = filter(clock)((view) => {
    socket = view
    view.onClose((status) => closes.push(`${status.code} ${status.message}`.trimEnd()))
    return consumer(view)
  })
  const client = testWsClient(() => behind, path, {
    clock,
    ...options,
    webSockets: { onError: (error) => hook.push(error), ...options.webSockets },
  })
  if (socket === undefined) throw new Error('the consumer was not called')
  return { client, clock, hook, closes, socket }
}

/** Bytes of a peer, and a consumer of frames behind the filter. */
export function filteredFrames(
  filter: (clock: VirtualClock) => WsFilter,
  consumer: WsConsumer<FrameSocket> = echoFrames,
): FilteredFrames {
  const clock = new VirtualClock()
  const closes: string[] = []
  let socket: FrameSocket | undefined
  const behind = applyFilter(filter(clock), (view: FrameSocket) => {
    socket = view
    view.onClose((status) => closes.push(`${status.code} ${status.message}`.trimEnd()))
    return consumer(view)
  })
  const { peer, reports } = rig({ mode: 'frames' }, behind)
  if (socket === undefined) throw new Error('the consumer was not called')
  return { peer, clock, hook: reports, closes, socket }
}

/** The messages that a client has and nobody took: texts as they are, bytes as an array. */
export function taken(client: WsClient): (string | number[])[] {
  return [...client.received()].map(shown)
}

export function shown(message: WsMessage): string | number[] {
  return message.mode === 'text' ? message.text() : [...message.bytes()]
}

/** Lets pending microtasks, and those they cause, run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
