import { Duplex } from 'node:stream'

/**
 * Two ends of a pipe in memory. A write arrives at the other end within the call, by reference: whoever wrote it must
 * not use the memory again.
 */
export function duplexPair(): [near: Duplex, far: Duplex] {
  const near: Duplex = end(() => far)
  const far: Duplex = end(() => near)
  return [near, far]
}

function end(other: () => Duplex): Duplex {
  return new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      other().push(chunk)
      done()
    },
    final(done) {
      other().push(null)
      done()
    },
  })
}
