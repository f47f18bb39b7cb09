/** How many bytes `run` copies with `set`: what its time grows with, without a clock. */
export function copiedBytes(run: () => void): number {
  const { set } = Uint8Array.prototype
  let copied = 0
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length
    set.call(this, source, offset)
  }
  try {
    run()
  } finally {
    Uint8Array.prototype.set = set
  }
  return copied
}
