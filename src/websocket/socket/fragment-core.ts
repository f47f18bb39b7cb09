import { copyBytes } from '../../protocol/bytes/bytes.ts'
import type { HeldPieces } from '../../protocol/bytes/held-bytes.ts'
import { portablePorts } from '../../protocol/bytes/ports.ts'
import { BinaryFrame, type Frame, TextFrame } from '../../protocol/frame/frame.ts'
import type { DataOpcode } from '../../protocol/frame/opcode.ts'
import * as Opcode from '../../protocol/frame/opcodes.ts'
import { SocketCore } from './socket-core.ts'
import type { SocketCoreOptions } from './socket-core-options.ts'
import type { StoppableWebsocket } from './stoppable-websocket.ts'
import type { Transport } from './transport.ts'

/** For the mode `'fragments'`: the connection has messages as ever, and their bytes are handed over as they arrive. */
export interface FragmentCoreOptions extends Omit<SocketCoreOptions, 'mode'> {
  readonly mode: 'fragments'
}

/** The core of a socket that hands over fragments, however a message was framed. */
export class FragmentCore extends SocketCore {
  constructor(socket: StoppableWebsocket, transport: Transport, options: FragmentCoreOptions) {
    // No string is made of a whole text.
    const ports = { ...(options.ports ?? portablePorts), longestText: Number.POSITIVE_INFINITY }
    super(socket, transport, { ...options, mode: 'messages', ports })
  }

  override onMessage(opcode: DataOpcode, bytes: Uint8Array, start: number, end: number): void {
    this.onFrame(fragmentOf(opcode, copyBytes(bytes, start, end), true))
  }

  override gather(opcode: DataOpcode): HeldPieces {
    return new Pieces((bytes, fin) => this.onFrame(fragmentOf(opcode, bytes, fin)))
  }
}

/** Hands over the pieces of one message. The last one is empty: no other is known to be the last when it comes. */
class Pieces implements HeldPieces {
  length = 0
  #deliver: (bytes: Uint8Array<ArrayBuffer>, fin: boolean) => void

  constructor(deliver: (bytes: Uint8Array<ArrayBuffer>, fin: boolean) => void) {
    this.#deliver = deliver
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.length += end - start
    if (end > start) this.#deliver(copyBytes(bytes, start, end), false)
  }

  finish(): void {
    this.#deliver(new Uint8Array(), true)
  }

  /** The end of the connection tells, even where a listener for a piece has brought it about. */
  abandon(): void {
    this.#deliver = () => {}
  }
}

function fragmentOf(opcode: DataOpcode, bytes: Uint8Array<ArrayBuffer>, fin: boolean): Frame {
  return opcode === Opcode.TEXT ? new TextFrame(bytes, fin) : new BinaryFrame(bytes, fin)
}
