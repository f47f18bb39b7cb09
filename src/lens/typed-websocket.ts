import { checkFunction } from '../websocket/support/check-function.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import type { Lens, ReadLens } from './lens.ts'

/** What comes in, and what goes out. */
export interface TypedLenses<out Out, in In> {
  readonly receive: ReadLens<WsMessage, Out>
  readonly send: Pick<Lens<WsMessage, unknown, In>, 'create'>
}

/** What comes in, where nothing goes out. */
export interface ReceivingLens<out Out> {
  readonly receive: ReadLens<WsMessage, Out>
  /** Nothing is sent. */
  readonly send?: undefined
}

/** The lenses of a view. */
export type ViewLenses<Out, In> = TypedLenses<Out, In> | ReceivingLens<Out>

/** A socket of values: receives `Out`, sends `In`. */
export interface TypedWebsocket<out Out, in In, out S extends Websocket = Websocket> {
  /** The socket below. */
  readonly socket: S
  /** As `Websocket.send`. Throws a `LensFailure`, and sends nothing, for a value that the lens refuses. */
  send(value: In): boolean
  drained(): Promise<void>
  close(status?: WsStatus): void
  /** As `Websocket.onMessage`. A message that the lens refuses reaches `onError` as a `LensFailure`, and not `fn`. */
  onMessage(fn: (value: Out) => unknown): () => void
  onError(fn: (error: Error) => unknown): () => void
  onClose(fn: (status: WsStatus) => unknown): () => void
}

const SENDS_NOTHING = {
  create(): never {
    throw new TypeError('typed was given no lens to send')
  },
}

/** Throws a `TypeError` for anything but lenses: not every caller is type-checked. */
export function viewLenses<Out, In>({
  receive,
  send = SENDS_NOTHING,
}: ViewLenses<Out, In>): TypedLenses<Out, In> {
  checkFunction(receive, 'typed needs a lens to receive')
  checkFunction(send?.create, 'typed needs a lens to send, with create')
  return { receive, send }
}

export class TypedSocket<out Out, in In, out S extends Websocket>
  implements TypedWebsocket<Out, In, S>
{
  readonly socket: S
  readonly #lenses: TypedLenses<Out, In>

  constructor(socket: S, lenses: ViewLenses<Out, In>) {
    this.socket = socket
    this.#lenses = viewLenses(lenses)
  }

  send(value: In): boolean {
    return this.socket.send(this.#lenses.send.create(value))
  }

  drained(): Promise<void> {
    return this.socket.drained()
  }

  close(status?: WsStatus): void {
    this.socket.close(status)
  }

  onMessage(fn: (value: Out) => unknown): () => void {
    const { receive } = this.#lenses
    return this.socket.onMessage((message) => fn(receive(message)))
  }

  onError(fn: (error: Error) => unknown): () => void {
    return this.socket.onError(fn)
  }

  onClose(fn: (status: WsStatus) => unknown): () => void {
    return this.socket.onClose(fn)
  }
}
