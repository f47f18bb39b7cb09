import { randomBytes } from 'node:crypto'
import { releaseScratch, takeScratch } from '../../protocol/bytes/scratch-pool.ts'
import { encodeUtf8 } from '../../protocol/bytes/utf8.ts'
import type { Inflater, ZlibPort } from '../../protocol/bytes/zlib-port.ts'
import { ExtensionFailure } from '../../protocol/extension/extension.ts'

/** Whether a port does what `ZlibPort` says, tried on a few samples. */
export function isSoundZlib(zlib: ZlibPort): boolean {
  try {
    return keepsMessages(zlib, false) && keepsMessages(zlib, true) && refusesWhatIsWrong(zlib)
  } catch {
    return false
  }
}

function keepsMessages(zlib: ZlibPort, contextTakeover: boolean): boolean {
  const deflater = zlib.deflater({ windowBits: 15, level: -1, memLevel: 8, contextTakeover })
  const inflater = zlib.inflater({ windowBits: 15, contextTakeover })
  const packed = takeScratch()
  const unpacked = takeScratch()
  const lengths = samples().map((sample) => {
    const deflated = deflater.deflate(sample, packed)
    const inflated = inflater.inflate(deflated, sample.length, unpacked)
    const same =
      inflated.length === sample.length && inflated.every((byte, i) => byte === sample[i])
    return same ? deflated.length : -1
  })
  releaseScratch(unpacked)
  releaseScratch(packed)
  deflater.close()
  inflater.close()
  const [first = -1, again = -1, long = -1] = lengths
  return first > 0 && long > 0 && (contextTakeover ? again > 0 && again < first : again === first)
}

function refusesWhatIsWrong(zlib: ZlibPort): boolean {
  const inflater = zlib.inflater({ windowBits: 15, contextTakeover: false })
  return (
    failureCode(inflater, HELLO, 4) === 1009 &&
    failureCode(inflater, HELLO.subarray(0, 3), 100) === 1007 &&
    failureCode(inflater, Uint8Array.of(0xff), 100) === 1007 &&
    failureCode(inflater, FINAL_HELLO, 5) === undefined &&
    failureCode(inflater, HELLO, 5) === undefined
  )
}

function failureCode(inflater: Inflater, data: Uint8Array, maxLength: number): number | undefined {
  try {
    inflater.inflate(data, maxLength)
  } catch (error) {
    if (error instanceof ExtensionFailure) return error.code
    throw error
  }
  return undefined
}

/** "Hello", deflated (RFC 7692, section 7.2.3.1). */
const HELLO = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00)

/** The same in a final block (section 7.2.3.4). */
const FINAL_HELLO = Uint8Array.of(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00)

/** The last does not shrink, and is too long for the buffers on the way. */
function samples(): readonly Uint8Array[] {
  const short = encodeUtf8('{"name":"antiphon","voices":["cantor","chorus"]}')
  return [short, short, randomBytes(70_000)]
}
