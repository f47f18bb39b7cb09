import type { Writable } from 'node:stream'
import * as ws from 'ws'

/** What `ws` makes of bytes, read as by a peer of one role. */
export interface Reading {
  /** As `WatchedConnection` writes them. */
  readonly events: readonly string[]
  /** The code it would fail with. */
  readonly failure: number | undefined
  /** The code of a Close frame that was read; 1005 for an empty one. */
  readonly close: number | undefined
}

interface ReceiverOptions {
  readonly isServer: boolean
  readonly maxPayload: number
}

// `ws` exports its receiver, but its types do not know of it.
const { Receiver } = ws as typeof ws & {
  readonly Receiver: new (options: ReceiverOptions) => Writable
}

/** Reads bytes with the receiver of npm's `ws`. */
export function readWithWs(bytes: Uint8Array, options: ReceiverOptions): Reading {
  const receiver = new Receiver(options)
  const events: string[] = []
  let close: number | undefined
  let failure: number | undefined
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    events.push(`${isBinary ? 'binary' : 'text'} ${data.toString('hex')}`)
  })
  receiver.on('ping', (data: Buffer) => events.push(`control 9 ${data.toString('hex')}`))
  receiver.on('pong', (data: Buffer) => events.push(`control 10 ${data.toString('hex')}`))
  receiver.on('conclude', (code: number) => {
    close = code
  })
  // Straight to where a stream would bring it, so that it is read at once.
  receiver._write(Buffer.from(bytes), 'binary', (error) => {
    if (error != null) failure = statusCode(error)
  })
  receiver.destroy()
  return { events, failure, close }
}

/** `ws` keeps the code under a symbol of its own. */
function statusCode(error: Error): number {
  const [symbol] = Object.getOwnPropertySymbols(error)
  return symbol === undefined ? 0 : Number(Reflect.get(error, symbol))
}
