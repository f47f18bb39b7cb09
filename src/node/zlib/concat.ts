/** The first `length` bytes of the chunks, in a buffer of their own. */
export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - offset)
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
