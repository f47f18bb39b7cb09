import { copyBytes } from '../bytes/bytes.ts'
import type { ProtocolPorts } from '../bytes/ports.ts'
import { releaseScratch, takeScratch } from '../bytes/scratch-pool.ts'
import type { CloseReason } from '../close/reason.ts'
import { NOT_UTF8, tooBig, type Violation } from '../close/violation.ts'
import { asError } from '../errors/thrown.ts'
import { ExtensionFailure, failureReason, type WebSocketExtension } from '../extension/extension.ts'
import { type Frame, frameOf } from '../frame/frame.ts'
import { frameTypeOf } from '../frame/frame-type.ts'
import { type ConnectionLimits, messageLimit } from '../frame/limits.ts'
import { lentBytes, type MessageContent, messageFrame } from '../frame/message-frame.ts'
import type { DataOpcode } from '../frame/opcode.ts'
import * as Opcode from '../frame/opcodes.ts'
import type { ConnectionSink } from './connection-sink.ts'

/** What a chain needs of its connection. */
export interface ExtensionChainOwner {
  readonly limits: Readonly<ConnectionLimits>
  readonly ports: ProtocolPorts
  /** Sends a frame, unless a Close has gone out before. */
  frame(frame: Frame): void
  violated(violation: Violation): void
  fail(reason: CloseReason, cause: Error): void
}

/** The extensions of a connection, and its messages on their way through them. */
export class ExtensionChain {
  readonly #extensions: readonly WebSocketExtension[]
  readonly #owner: ExtensionChainOwner
  readonly #sink: ConnectionSink
  /** Data is lent to a sole extension only: with several, nobody could tell whose memory a result is in. */
  readonly #lends: boolean

  constructor(
    extensions: readonly WebSocketExtension[],
    owner: ExtensionChainOwner,
    sink: ConnectionSink,
  ) {
    this.#extensions = extensions
    this.#owner = owner
    this.#sink = sink
    this.#lends = extensions.length === 1 && extensions[0]!.borrows === true
  }

  /** Writes a message; `byteLength` is the length of text in UTF-8, -1 for unknown. */
  send(content: MessageContent, byteLength: number): void {
    this.outgoing(content, byteLength, (frame) => this.#owner.frame(frame))
  }

  /**
   * Applies the extensions to a message, lends the frame to be written to `use`, and returns its result; `undefined` if
   * an extension failed, and the connection with it.
   */
  outgoing<T>(
    content: MessageContent,
    byteLength: number,
    use: (frame: Frame) => T,
  ): T | undefined {
    const memory = this.#scratch()
    const scratch = this.#scratch()
    const frame = messageFrame(content, byteLength, memory, this.#owner.ports)
    const wire = this.#through(frame, scratch, true)
    const used = wire && use(wire)
    releaseScratch(scratch)
    releaseScratch(memory)
    return used
  }

  /** Takes a message from the reader, and gives the sink what the extensions make of it. */
  receive(
    opcode: DataOpcode,
    reserved: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void {
    const scratch = this.#scratch()
    const payload = owned
      ? (bytes as Uint8Array<ArrayBuffer>) // The reader made it: it is not of shared memory.
      : (this.#lends ? lentBytes : copyBytes)(bytes, start, end)
    const wire = frameOf(true, frameTypeOf(opcode)!, reserved, payload)
    const message = this.#through(wire, scratch, false)
    if (message !== undefined) {
      const { data } = message
      const { limits, ports } = this.#owner
      const checked = reserved === 0 && data === payload
      const most = messageLimit(opcode, limits, ports)
      if (data.length > most) {
        this.#owner.violated(tooBig('message', data.length, most))
      } else if (!checked && opcode === Opcode.TEXT && !ports.isUtf8(data)) {
        this.#owner.violated(NOT_UTF8)
      } else {
        // Data neither in the payload nor in the scratch is new memory: the receiver may keep it.
        const given = data.buffer === payload.buffer ? owned : data.buffer !== scratch?.buffer
        const own = given || !this.#lends
        this.#sink.onMessage(opcode, data, 0, data.length, checked && ascii, own)
      }
    }
    releaseScratch(scratch)
  }

  /** Closes the extensions. Returns the first error that one of them threw. */
  close(): Error | undefined {
    let failure: Error | undefined
    for (const extension of this.#extensions) {
      try {
        extension.close?.()
      } catch (error) {
        failure ??= asError(error)
      }
    }
    return failure
  }

  #scratch(): Uint8Array<ArrayBuffer> | undefined {
    return this.#lends ? takeScratch() : undefined
  }

  /** On the way out in the order of negotiation, on the way in in reverse. `undefined` when an extension failed. */
  #through(
    message: Frame,
    scratch: Uint8Array<ArrayBuffer> | undefined,
    out: boolean,
  ): Frame | undefined {
    const extensions = this.#extensions
    const last = extensions.length - 1
    let frame = message
    try {
      for (let i = 0; i <= last; i++) {
        frame = out
          ? extensions[i]!.processOutgoingFrame(frame, scratch)
          : extensions[last - i]!.processIncomingFrame(frame, scratch)
      }
      return frame
    } catch (error) {
      // On the way in, an `ExtensionFailure` says that the peer is at fault.
      if (!out && error instanceof ExtensionFailure) this.#owner.violated(error)
      else {
        this.#owner.fail(failureReason(error), asError(error))
      }
      return undefined
    }
  }
}
