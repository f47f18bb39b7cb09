import type { CloseReason } from '../../protocol/close/close-reason.ts'
import type { ControlledSocket, MessageControls } from './message-controls.ts'
import type { PausedMessages } from './paused-messages.ts'

/** A connection of a runtime that knows whole messages only. Optional members are what not every runtime can do. */
export interface MessageTransport {
  /** False once either side has begun to close. */
  readonly open: boolean
  /** Bytes that wait for the peer; 0 where the runtime does not know. */
  readonly bufferedAmount: number
  /** Called while it is open; bytes are copied. */
  send(content: string | Uint8Array<ArrayBuffer>): void
  /** Begins the close handshake; called once, with a reason that can be sent. */
  close(reason: CloseReason): void
  /** Lets go at once, as far as the runtime can. */
  terminate(): void
  /** Calls `look` when less waits than now, and at the end. */
  whenDrained(look: () => void): void
  /** Made when reading is to pause for the first time. */
  pausedMessages?(): PausedMessages
  /** Made with the socket. The adapter reports control frames to them. */
  controls?(socket: ControlledSocket): MessageControls
  /** Sends a Ping; its Pong goes to the controls. */
  ping?(data: Uint8Array<ArrayBuffer>): void
}
