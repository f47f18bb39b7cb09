import { Writable } from 'node:stream'

/** A stream that writes down what it is given, and takes it at once or when told to. */
export class Recorder extends Writable {
  readonly chunks: Buffer[] = []
  #take: (() => void) | undefined
  readonly #slow: boolean

  constructor(slow = false) {
    super({ highWaterMark: 1 })
    this.#slow = slow
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk)
    this.#finish(done)
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.chunks.push(...chunks.map(({ chunk }) => chunk))
    this.#finish(done)
  }

  #finish(done: () => void): void {
    if (this.#slow) this.#take = done
    else done()
  }

  take(): void {
    this.#take?.()
  }

  get text(): string[] {
    return this.chunks.map((chunk) => chunk.toString())
  }
}
