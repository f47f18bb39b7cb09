import { ExtensionFailure } from '../../protocol/extension/extension.ts'

/**
 * A sender that cannot flush ends a message, or each part that it writes, with a final block (RFC 7692, section
 * 7.2.3.4). More than these are an attack on the receiver's time: a final block can be two bytes.
 */
const MAX_FINAL_BLOCKS = 1024

export function tooBig(maxLength: number): ExtensionFailure {
  const message = `a message that inflates to more than ${maxLength} bytes`
  return new ExtensionFailure(1009, message, { size: maxLength + 1 })
}

export function corrupt(detail: string, cause?: Error): ExtensionFailure {
  return new ExtensionFailure(1007, `compressed data that is corrupt: ${detail}`, { cause })
}

export function checkFinalBlocks(count: number): void {
  if (count <= MAX_FINAL_BLOCKS) return
  throw new ExtensionFailure(1008, `more than ${MAX_FINAL_BLOCKS} final blocks in one message`)
}

/** What to throw for what was thrown while zlib inflated. */
export function inflateFailure(error: unknown, maxLength: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'ERR_BUFFER_TOO_LARGE':
      return tooBig(maxLength)
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return corrupt(error.message, error)
    default:
      return error
  }
}
