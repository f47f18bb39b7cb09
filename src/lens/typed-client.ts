import type { Received, WsClient } from '../websocket/client/ws-client.ts'
import { mapped } from '../websocket/support/mapped.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import {
  type TypedLenses,
  TypedSocket,
  type TypedWebsocket,
  type ViewLenses,
  viewLenses,
} from './typed-websocket.ts'

/** A client of values: receives `Out`, sends `In`. */
export interface TypedWsClient<out Out, in In> extends AsyncDisposable {
  /** The client below. */
  readonly client: WsClient
  /** As `WsClient.opened`. */
  readonly opened: Promise<TypedWebsocket<Out, In>>
  readonly closed: Promise<WsStatus>
  /** As `WsClient.send`. Throws a `LensFailure`, and sends nothing, for a value that the lens refuses. */
  send(value: In): boolean
  close(status?: WsStatus): void
  /** As `WsClient.received`. A message that the lens refuses is taken, and ends the loop with a `LensFailure`. */
  received(): TypedReceived<Out>
}

/** What a typed client has received: `for` takes what is there, `for await` waits for more. */
export interface TypedReceived<out Out> extends Iterable<Out>, AsyncIterable<Out> {}

export class TypedClient<out Out, in In> implements TypedWsClient<Out, In> {
  readonly client: WsClient
  readonly #lenses: TypedLenses<Out, In>

  constructor(client: WsClient, lenses: ViewLenses<Out, In>) {
    this.client = client
    this.#lenses = viewLenses(lenses)
  }

  // Made on first use: a promise that nobody holds must not reject.
  get opened(): Promise<TypedWebsocket<Out, In>> {
    return this.client.opened.then((socket) => new TypedSocket(socket, this.#lenses))
  }

  get closed(): Promise<WsStatus> {
    return this.client.closed
  }

  send(value: In): boolean {
    return this.client.send(this.#lenses.send.create(value))
  }

  close(status?: WsStatus): void {
    this.client.close(status)
  }

  received(): TypedReceived<Out> {
    return new TypedMessages(this.client.received(), this.#lenses.receive)
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.client[Symbol.asyncDispose]()
  }
}

class TypedMessages<out Out> implements TypedReceived<Out> {
  readonly #received: Received
  readonly #receive: TypedLenses<Out, never>['receive']

  constructor(received: Received, receive: TypedLenses<Out, never>['receive']) {
    this.#received = received
    this.#receive = receive
  }

  *[Symbol.iterator](): Generator<Out, void, undefined> {
    for (const message of this.#received) yield this.#receive(message)
  }

  [Symbol.asyncIterator](): AsyncIterator<Out, undefined, undefined> {
    return mapped(this.#received[Symbol.asyncIterator](), this.#receive)
  }
}
