import type { Readable } from 'node:stream'

/** All that a stream has said so far, as text. */
export class Transcript {
  text = ''
  #ended = false
  #wakers: (() => void)[] = []

  constructor(stream: Readable) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      this.text += chunk
      this.#wake()
    })
    stream.on('close', () => {
      this.#ended = true
      this.#wake()
    })
  }

  /** Resolves once the text matches. Rejects when the stream closes before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text)
      if (match !== null) return match
      if (this.#ended)
        throw new Error(`closed before ${pattern} came: ${JSON.stringify(this.text)}`)
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
    }
  }

  #wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }
}
