import type { Duplex } from 'node:stream'
import { OpenSockets, type Stoppable } from '../../serving/open-sockets.ts'
import { reset } from '../stream/http2-stream.ts'
import { countDeciding } from './stream-mark.ts'

/** The upgrades of one server: open sockets, and streams whose upgrade is still being decided or refused. */
export class SocketSet extends OpenSockets {
  /** How many of them are streams. */
  #streams = 0

  /** How many of them are sockets. */
  get opened(): number {
    return this.size - this.#streams
  }

  /** Counts a stream until it is closed, or until the function that is returned is called. */
  hold(stream: Duplex): () => void {
    // A stop leaves it alone until the deadline: it is decided about, or answered, by then.
    const held: Stoppable = { shutDown() {}, terminate: () => reset(stream) }
    const release = (): void => {
      stream.off('close', release)
      if (!this.delete(held)) return
      this.#streams--
      countDeciding(stream, -1)
    }
    stream.on('close', release)
    this.add(held)
    this.#streams++
    countDeciding(stream, 1)
    return release
  }
}
