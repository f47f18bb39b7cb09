import type { Capability } from './capability.ts'
import { NotSupportedException } from './errors.ts'
import type { FrameChannel } from './frame-socket.ts'
import type { Websocket } from './websocket.ts'
import type { CapableLink } from './ws-link.ts'

/**
 * A socket with these capabilities, by its type: a consumer that asks for one, `(socket: Capable<'ping'>) => ...`, does
 * not compile with an engine that lacks it.
 */
export type Capable<C extends Capability> = CapableSocket<C> &
  ('frames' extends C ? { readonly frames: FrameChannel } : unknown)

/** `Capable`, but for frames. An interface, since the compiler keeps the name of one wherever it infers it. */
export interface CapableSocket<C extends Capability> extends Websocket {
  readonly link: CapableLink<C>
}

/**
 * `S` with these capabilities as well; `S` itself for none. It is looked up, since the compiler infers into the branches
 * of a condition: from the sockets of the routes around an `accept`, which took it a hundred times as long.
 */
export type Needing<C extends Capability, S extends Websocket = Websocket> = {
  readonly none: S
  readonly alone: Capable<C>
  readonly both: S & Capable<C>
}[[C] extends [never] ? 'none' : Websocket extends S ? 'alone' : 'both']

/** `C` for options that give `Name` what is, or may be, such a value. */
export type NeedOf<O, Name extends string, Value, C extends Capability> = O extends {
  readonly [_ in Name]?: infer Given
}
  ? Given extends Value
    ? C
    : never
  : never

/**
 * The same socket, with these capabilities in its type, checked now. Throws a `NotSupportedException` that names the
 * engine and what it lacks.
 */
export function capable<const C extends Capability>(
  socket: Websocket,
  ...needed: readonly C[]
): Capable<C> {
  const { engine } = socket.link
  if (engine === undefined) throw new NotSupportedException('the socket is not open yet')
  const missing = needed.filter((capability) => engine.lacks.includes(capability))
  if (missing.length > 0) throw lacking(socket, `has no ${missing.join(', ')}`)
  // What an engine does not lack, its sockets have.
  return socket as Capable<C>
}

/** The error for what a socket's engine cannot do: `lacking(socket, 'has no ping timer')`. */
export function lacking({ link }: Websocket, what: string): NotSupportedException {
  return new NotSupportedException(`${link.engine?.name ?? 'this runtime'} ${what}`)
}
