import { promised } from './promise.ts'
import type { WatchedConnection } from './watched-connection.ts'
import { endsBetweenFrames } from './wire-frames.ts'
import type { Reading } from './ws-receiver.ts'

/**
 * Holds what we made of bytes against what `ws` did. Both must tell the same and fail with the same code, but for what
 * is explained here.
 */
export function agree(ours: WatchedConnection, theirs: Reading, bytes: Uint8Array): void {
  const { violation } = ours
  const events = ours.events.filter((line) => !line.startsWith('control 8'))
  const close = ours.connection.record?.remote?.code
  const show = (): string =>
    `ours ${JSON.stringify([events, violation, close])}, ws ${JSON.stringify(theirs)}`
  if (violation === undefined) {
    promised(same(events, theirs.events), `both tell the same: ${show()}`)
    promised(close === theirs.close, `both hear the same Close: ${show()}`)
    // ws fails as soon as it knows a length, we when the header is whole, or the Close of one octet.
    promised(
      theirs.failure === undefined || !endsBetweenFrames(bytes),
      `what ws refuses is refused once it is whole: ${show()}`,
    )
    return
  }
  // We notice malformed text in the middle of a message, and lengths that are not written as they must be.
  const sooner = violation.code === 1007 || isAboutLength(violation.message)
  if (sooner) {
    promised(startsWith(theirs.events, events), `ws tells more, not less: ${show()}`)
    return
  }
  promised(same(events, theirs.events), `both tell the same: ${show()}`)
  promised(theirs.failure === violation.code, `both fail with the same code: ${show()}`)
}

/** ws takes a length in any number of octets, and refuses one with the top bit as too big. */
function isAboutLength(message: string): boolean {
  return message.endsWith('more octets than it needs') || message.startsWith('the first bit')
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && startsWith(a, b)
}

function startsWith(a: readonly string[], start: readonly string[]): boolean {
  return start.every((line, i) => a[i] === line)
}
