import { ExtensionFailure } from '../../protocol/extension.ts'
import { encodeUtf8 } from '../../protocol/utf8.ts'
import type { Inflater, ZlibPort } from '../../protocol/zlib-port.ts'

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
  const lengths = SAMPLES.map((sample) => {
    const deflated = deflater.deflate(sample)
    const inflated = inflater.inflate(deflated, sample.length)
    const same =
      inflated.length === sample.length && inflated.every((byte, i) => byte === sample[i])
    return same ? deflated.length : -1
  })
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

const SHORT = encodeUtf8('{"name":"antiphon","voices":["cantor","chorus"]}')

/** The last is too long for the buffers on the way, and does not shrink. */
const SAMPLES: readonly Uint8Array[] = [SHORT, SHORT, noise(70_000)]

function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
