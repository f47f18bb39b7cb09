import type { ZlibPort } from '../../protocol/bytes/zlib-port.ts'
import { handleZlib } from './handle-zlib.ts'
import { publicZlib } from './public-zlib.ts'
import { isSoundZlib } from './self-test.ts'

/** Options of `createNodeZlib`. */
export interface NodeZlibOptions {
  /**
   * Whether to drive the native handles of zlib streams: two to three times as fast as zlib's public functions, but no
   * public API. True when left out; they are tried at the first use, and where they fail the public functions do it all.
   */
  readonly fast?: boolean | undefined
}

/** Node's zlib, synchronous. */
export function createNodeZlib({ fast = true }: NodeZlibOptions = {}): ZlibPort {
  if (!fast) return publicZlib
  return {
    deflater: (options) => bestZlib().deflater(options),
    inflater: (options) => bestZlib().inflater(options),
  }
}

export const nodeZlib: ZlibPort = createNodeZlib()

let best: ZlibPort | undefined

function bestZlib(): ZlibPort {
  best ??= isSoundZlib(handleZlib) ? handleZlib : publicZlib
  return best
}
