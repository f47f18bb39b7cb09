import { constants, type DeflateRaw, type InflateRaw } from 'node:zlib'

type ZlibStream = DeflateRaw | InflateRaw

/**
 * A zlib stream, driven synchronously through its private native handle as zlib's own synchronous functions do it, but
 * again and again. The constructor throws where a stream has no such handle.
 */
export class StreamHandle {
  readonly #make: () => ZlibStream
  #stream!: ZlibStream
  #state!: Uint32Array
  #handle: NativeHandle | undefined
  #failure: ZlibError | undefined

  constructor(make: () => ZlibStream) {
    this.#make = make
    this.#begin()
  }

  /** Of the last write, how many bytes of output were not needed. */
  get outputLeft(): number {
    return this.#state[0]!
  }

  /** Of the last write, how many bytes of input were not read. */
  get inputLeft(): number {
    return this.#state[1]!
  }

  /** Reads `input[offset]` onwards, writes `output[start, end)`; throws zlib's error, with its `code`. */
  write(
    flush: number,
    input: Uint8Array,
    offset: number,
    output: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.#open().writeSync(flush, input, offset, input.length - offset, output, start, end - start)
    if (this.#failure === undefined) return
    const failure = this.#failure
    this.#failure = undefined
    // Only bad data leaves a stream that a reset mends. One that got no memory would end the process at its next use.
    if (failure.code !== 'Z_DATA_ERROR') this.close()
    throw failure
  }

  /** Forgets window and error: what comes is a new stream. */
  reset(): void {
    if (this.#handle === undefined) this.#begin()
    else this.#handle.reset()
  }

  /** Frees zlib's memory now; without it, the garbage collector does. */
  close(): void {
    this.#handle = undefined
    this.#stream.close()
  }

  #begin(): void {
    const stream = this.#make()
    const handle: unknown = Reflect.get(stream, '_handle')
    const state: unknown = Reflect.get(stream, '_writeState')
    if (!isNativeHandle(handle) || !(state instanceof Uint32Array) || state.length !== 2) {
      throw new TypeError('this zlib stream does not have the handle that was expected')
    }
    // Node's own listener would close the handle; ours leaves it good for a reset.
    handle.onerror = (message, errno, code = nameOf(errno)) => {
      this.#failure = Object.assign(new Error(message), { code })
    }
    this.#stream = stream
    this.#state = state
    this.#handle = handle
  }

  /** A native handle that was closed would end the process. */
  #open(): NativeHandle {
    if (this.#handle === undefined) throw new TypeError('this zlib stream is closed')
    return this.#handle
  }
}

function nameOf(errno: number): string | undefined {
  return Object.entries(constants).find(([, value]) => value === errno)?.[0]
}

type ZlibError = Error & { readonly code: string | undefined }

interface NativeHandle {
  /** Deno gives no code. */
  onerror: (message: string, errno: number, code?: string) => void
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void
  reset(): void
}

function isNativeHandle(handle: unknown): handle is NativeHandle {
  const isMethod = (name: string): boolean => typeof Object(handle)[name] === 'function'
  return ['writeSync', 'reset', 'onerror'].every(isMethod)
}
