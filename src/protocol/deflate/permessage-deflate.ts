import { portablePorts } from '../bytes/ports.ts'
import type { Deflater, Inflater, InflaterOptions, ZlibPort } from '../bytes/zlib-port.ts'
import type {
  ExtensionContext,
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../extension/extension.ts'
import { BinaryFrame, type Frame, TextFrame } from '../frame/frame.ts'
import { messageLimit } from '../frame/limits.ts'
import {
  type CompressPredicate,
  type DeflateConfig,
  type PerMessageDeflateConfig,
  type ResolvedDeflateConfig,
  resolveDeflateConfig,
} from './deflate-config.ts'
import { PERMESSAGE_DEFLATE } from './deflate-parameters.ts'
import {
  chooseDeflateOffer,
  type DeflateAgreement,
  deflateOffers,
  readDeflateAnswer,
} from './negotiation.ts'

/**
 * Compression of messages by RFC 7692, done at once on the thread that sends or receives. A connection's own `config`
 * has the four parameters as they were negotiated. Throws a `RangeError` or a `TypeError` for an option that is wrong.
 */
export function perMessageDeflate(
  config: PerMessageDeflateConfig = {},
): WebSocketExtensionFactory<PerMessageDeflateConfig> {
  return factoryOf(resolveDeflateConfig(config))
}

/**
 * The same with no threshold: `compressIf` alone may leave a message as it is. Throws a `TypeError` for a configuration
 * that has one.
 */
export function deflate(config: DeflateConfig = {}): WebSocketExtensionFactory<DeflateConfig> {
  const { compressIfBiggerThan }: PerMessageDeflateConfig = config
  if (compressIfBiggerThan !== undefined) {
    throw new TypeError('deflate has no compressIfBiggerThan: it is an option of perMessageDeflate')
  }
  return factoryOf({ ...resolveDeflateConfig(config), compressIfBiggerThan: -1 })
}

function factoryOf(
  config: ResolvedDeflateConfig,
): WebSocketExtensionFactory<PerMessageDeflateConfig> {
  return {
    name: PERMESSAGE_DEFLATE,
    config,
    reserved: { rsv1: true, rsv2: false, rsv3: false },
    offers: (context) => (context.zlib === undefined ? [] : deflateOffers(config)),
    accepted(answer, context) {
      const { zlib } = context
      if (zlib === undefined) return `${PERMESSAGE_DEFLATE} was not offered: there is no zlib here`
      const agreement = readDeflateAnswer(answer, config)
      if (typeof agreement === 'string') return agreement
      return new PerMessageDeflate(config, agreement, context, zlib)
    },
    negotiate(offers, context) {
      const { zlib } = context
      if (zlib === undefined) return undefined
      const choice = chooseDeflateOffer(offers, config)
      if (choice === undefined) return undefined
      const { answer, agreement } = choice
      return { answer, extension: new PerMessageDeflate(config, agreement, context, zlib) }
    },
  }
}

type DataFrame = TextFrame | BinaryFrame

/** One end of one connection. Compressor and decompressor are made for the first message that needs them. */
class PerMessageDeflate implements WebSocketExtension<PerMessageDeflateConfig> {
  readonly name = PERMESSAGE_DEFLATE
  readonly config: ResolvedDeflateConfig & DeflateAgreement
  /** Not with predicates, which may keep what they are shown. */
  readonly borrows: boolean
  readonly alike: string | undefined
  readonly #own: InflaterOptions
  readonly #peers: InflaterOptions
  readonly #limits: ExtensionContext['limits']
  readonly #zlib: ZlibPort
  #deflater: Deflater | undefined
  #inflater: Inflater | undefined

  constructor(
    config: ResolvedDeflateConfig,
    agreement: DeflateAgreement,
    { role, limits }: ExtensionContext,
    zlib: ZlibPort,
  ) {
    const server = {
      windowBits: agreement.serverMaxWindowBits,
      contextTakeover: !agreement.serverNoContextTakeover,
    }
    const client = {
      windowBits: agreement.clientMaxWindowBits,
      contextTakeover: !agreement.clientNoContextTakeover,
    }
    this.config = { ...config, ...agreement }
    this.borrows = config.compressIf.length === 0
    this.#own = role === 'server' ? server : client
    this.#peers = role === 'server' ? client : server
    // Predicates have to be asked each time, since their answers may differ.
    const { level, memLevel, compressIfBiggerThan } = config
    this.alike =
      this.#own.contextTakeover || !this.borrows
        ? undefined
        : `${this.#own.windowBits} ${level} ${memLevel} ${compressIfBiggerThan}`
    this.#limits = limits
    this.#zlib = zlib
  }

  processOutgoingFrame(frame: Frame, scratch?: Uint8Array<ArrayBuffer>): Frame {
    if (!isData(frame) || !frame.fin || frame.rsv1 || !this.#shallCompress(frame)) return frame
    const { data } = frame
    const deflated = data.length === 0 ? EMPTY_BLOCK.slice() : this.#deflate(data, scratch)
    // With a kept window it is sent compressed even when that is longer: the peer's window must get the same data.
    if (deflated.length >= data.length && !this.#own.contextTakeover) return frame
    return withPayload(frame, deflated, true)
  }

  processIncomingFrame(frame: Frame, scratch?: Uint8Array<ArrayBuffer>): Frame {
    if (!isData(frame) || !frame.rsv1) return frame
    const { data } = frame
    // Section 7.2.3.6 writes the empty message in another way, but no bytes at all can mean nothing else.
    if (data.length === 0) return withPayload(frame, data, false)
    this.#inflater ??= this.#zlib.inflater(this.#peers)
    const most = messageLimit(frame.frameType.opcode, this.#limits, portablePorts)
    const inflated = this.#inflater.inflate(data, most, scratch)
    return withPayload(frame, inflated, false)
  }

  close(): void {
    this.#deflater?.close()
    this.#inflater?.close()
    this.#deflater = undefined
    this.#inflater = undefined
  }

  #shallCompress(message: DataFrame): boolean {
    const { compressIfBiggerThan, compressIf } = this.config
    return message.data.length > compressIfBiggerThan && allHold(compressIf, message)
  }

  #deflate(data: Uint8Array, scratch?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { level, memLevel } = this.config
    this.#deflater ??= this.#zlib.deflater({ ...this.#own, level, memLevel })
    return this.#deflater.deflate(data, scratch)
  }
}

/** The empty message, compressed (RFC 7692, section 7.2.3.6). */
const EMPTY_BLOCK = Uint8Array.of(0)

function isData(frame: Frame): frame is DataFrame {
  return frame.type === 'text' || frame.type === 'binary'
}

function allHold(predicates: readonly CompressPredicate[], message: DataFrame): boolean {
  // Only `true` counts: a promise would be truthy, whatever it resolves to.
  for (const holds of predicates) if (holds(message) !== true) return false
  return true
}

function withPayload(frame: DataFrame, data: Uint8Array<ArrayBuffer>, rsv1: boolean): DataFrame {
  return frame.type === 'text'
    ? new TextFrame(data, frame.fin, rsv1, frame.rsv2, frame.rsv3)
    : new BinaryFrame(data, frame.fin, rsv1, frame.rsv2, frame.rsv3)
}
