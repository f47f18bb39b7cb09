import { autofragment } from './autofragment.ts'
import type { Case } from './case.ts'
import { clientHandshake } from './client-handshake.ts'
import { closing } from './closing.ts'
import { compressed } from './compressed.ts'
import { type DeflateVolume, deflate } from './deflate.ts'
import { fragmentation } from './fragmentation.ts'
import { framing } from './framing.ts'
import type { HandshakeCase } from './handshake.ts'
import { limits } from './limits.ts'
import { opcodes } from './opcodes.ts'
import { pings } from './pings.ts'
import { reservedBits } from './reserved-bits.ts'
import { serverHandshake } from './server-handshake.ts'
import { utf8 } from './utf8.ts'

/** 1 to 7: what every connection has to do, quick to try. */
export const behaviour: readonly Case[] = [
  ...framing,
  ...pings,
  ...reservedBits,
  ...opcodes,
  ...fragmentation,
  ...utf8,
  ...closing,
]

/** 8: where the original suite has nothing, the opening handshake. */
export const handshakes: readonly HandshakeCase[] = [...serverHandshake, ...clientHandshake]

/** All but the handshakes. */
export function allCases(volume: DeflateVolume): readonly Case[] {
  return [...behaviour, ...limits, ...autofragment, ...deflate(volume), ...compressed]
}
