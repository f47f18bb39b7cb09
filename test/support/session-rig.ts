import type { Frame } from '../../src/protocol/frame/frame.ts'
import type { ReceiveChannel } from '../../src/session/channel/channel.ts'
import {
  type DefaultSessionOptions,
  DefaultWebSocketSessionImpl,
} from '../../src/session/default-session.ts'
import { RawWebSocket } from '../../src/session/raw-websocket.ts'
import type { SessionOptions } from '../../src/session/session-options.ts'
import { hex } from './hex.ts'
import { type Rig, type RigOptions, rig, settled } from './socket-rig.ts'

/** A server's default session with its far end, which speaks bytes, and its clock at hand. */
export function sessionRig(
  options: DefaultSessionOptions = {},
  socketOptions: RigOptions = {},
): Rig & { readonly session: DefaultWebSocketSessionImpl } {
  const one = rig(socketOptions)
  const session = new DefaultWebSocketSessionImpl(one.socket, { clock: one.clock, ...options })
  return { ...one, session }
}

/** The same of a raw session. */
export function rawRig(
  options: SessionOptions = {},
  socketOptions: RigOptions = {},
): Rig & { readonly session: RawWebSocket } {
  const one = rig({ ...socketOptions, mode: 'frames' })
  const session = new RawWebSocket(one.socket, { clock: one.clock, ...options })
  return { ...one, session }
}

/** A frame as one line: `text Hello`, `binary 0102`, `close 1000 bye`; fragments end with `...`. */
export function lineOf(frame: Frame): string {
  if (frame.type === 'close') {
    const reason = frame.readReason()
    return reason === undefined ? 'close' : `close ${reason.code} ${reason.message}`.trimEnd()
  }
  const content = frame.type === 'text' ? new TextDecoder().decode(frame.data) : hex(frame.data)
  return `${frame.type} ${content}`.trimEnd() + (frame.fin ? '' : '...')
}

/** What has arrived, taken, one line each. */
export function arrived(channel: ReceiveChannel<Frame>): string[] {
  const lines: string[] = []
  for (let frame = channel.tryReceive(); frame !== undefined; frame = channel.tryReceive()) {
    lines.push(lineOf(frame))
  }
  return lines
}

/** All that a loop over the channel gets, and the name of the error that ended it. */
export async function looped(channel: ReceiveChannel<Frame>): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const frame of channel) lines.push(lineOf(frame))
  } catch (error) {
    lines.push(error instanceof Error ? error.name : String(error))
  }
  return lines
}

/** How a promise stands once what is pending has run. */
export async function stateOf(
  promise: Promise<unknown>,
): Promise<'pending' | 'resolved' | `rejected: ${string}`> {
  let state: 'pending' | 'resolved' | `rejected: ${string}` = 'pending'
  promise.then(
    () => {
      state = 'resolved'
    },
    (error: Error) => {
      state = `rejected: ${error.name}`
    },
  )
  await settled()
  return state
}
