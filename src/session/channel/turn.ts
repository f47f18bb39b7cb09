import type { BinaryFrame, TextFrame } from '../../protocol/frame/frame.ts'
import { unlessAborted } from '../../websocket/support/unless-aborted.ts'
import type { OutgoingChannel } from './outgoing-channel.ts'

/** The turn of one message that is sent in pieces. What waits for it rejects when the signal aborts. */
export class Turn {
  /** True once a piece has been written: the message cannot be taken back. */
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

  /** Resolves when it has come. */
  comes(): Promise<void> {
    return unlessAborted(this.#comes, this.#signal)
  }

  /** Resolves when the next piece may be sent. */
  async send(piece: TextFrame | BinaryFrame): Promise<void> {
    const outgoing = this.#outgoing
    while (!outgoing.trySend(piece, this)) {
      // Rejects, and says why.
      if (outgoing.isClosedForSend) await outgoing.send(piece)
      await unlessAborted(outgoing.room ?? outgoing.flush(), this.#signal)
    }
    this.begun = true
    await unlessAborted(outgoing.room, this.#signal)
  }

  /** Others go on, now or as soon as it comes. */
  end(): void {
    void this.#comes.then(() => this.#outgoing.endTurn(this))
  }
}
