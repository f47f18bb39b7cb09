import type { BinaryFrame, TextFrame } from '../../protocol/frame/frame.ts'
import { unlessAborted } from '../../websocket/support/unless-aborted.ts'
import type { OutgoingChannel } from './outgoing-channel.ts'

/** The turn of one message that is sent in pieces. What waits for it rejects when the signal aborts. */
export class Turn {
  /** True between the first and the last piece: the message cannot be taken back. */
  begun = false
  readonly #outgoing: OutgoingChannel
  readonly #signal: AbortSignal
  readonly #comes: Promise<void>

  constructor(outgoing: OutgoingChannel, signal: AbortSignal) {
    this.#outgoing = outgoing
    this.#signal = signal
    this.#comes = new Promise((resolve) => {
      outgoing.after(() => {
        if (!outgoing.isClosedForSend) outgoing.turn = this
        resolve()
      })
    })
  }

  /** Sends a piece once the turn has come. Resolves when the next one may be sent. */
  async send(piece: TextFrame | BinaryFrame): Promise<void> {
    const outgoing = this.#outgoing
    await unlessAborted(this.#comes, this.#signal)
    while (!outgoing.isClosedForSend && !outgoing.hasRoomFor(piece)) {
      await unlessAborted(outgoing.room ?? outgoing.flush(), this.#signal)
    }
    // Rejects, and says why.
    if (outgoing.isClosedForSend || outgoing.write(piece) === undefined) await outgoing.send(piece)
    this.begun = !piece.fin
    // What waits behind a whole message is sent even if the session closes now.
    if (piece.fin) this.#over()
    await unlessAborted(outgoing.room, this.#signal)
  }

  /** Others go on, now or as soon as it comes. */
  end(): void {
    void this.#comes.then(() => this.#over())
  }

  #over(): void {
    const outgoing = this.#outgoing
    if (outgoing.turn !== this) return
    outgoing.turn = undefined
    outgoing.pump()
  }
}
