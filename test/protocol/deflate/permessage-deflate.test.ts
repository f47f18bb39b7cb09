import { describe, expect, test } from 'vitest'
import { nodeZlib } from '../../../src/node/zlib/zlib-port.ts'
import type {
  DeflaterOptions,
  InflaterOptions,
  ZlibPort,
} from '../../../src/protocol/bytes/zlib-port.ts'
import type {
  DeflateConfig,
  PerMessageDeflateConfig,
} from '../../../src/protocol/deflate/deflate-config.ts'
import { deflate, perMessageDeflate } from '../../../src/protocol/deflate/permessage-deflate.ts'
import type {
  ExtensionContext,
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../../src/protocol/extension/extension.ts'
import { Frame, type TextFrame } from '../../../src/protocol/frame/frame.ts'
import { parseExtensions } from '../../../src/protocol/headers/extension-header.ts'
import { bytes, hex } from '../../support/hex.ts'

const TAKEOVER: DeflateConfig = { serverNoContextTakeover: false, clientNoContextTakeover: false }
const NO_TAKEOVER: DeflateConfig = { serverNoContextTakeover: true, clientNoContextTakeover: true }

interface Setting {
  readonly offer?: string
  readonly role?: 'server' | 'client'
  readonly maxMessageSize?: number
  readonly zlib?: ZlibPort | undefined
}

function contextOf(setting: Setting): ExtensionContext {
  const { role = 'server', maxMessageSize = 1_000_000 } = setting
  return { role, limits: { maxMessageSize }, zlib: 'zlib' in setting ? setting.zlib : nodeZlib }
}

/** A server's end, of the offer; or a client's, of the answer. */
function extensionOf<C>(
  factory: WebSocketExtensionFactory<C>,
  setting: Setting = {},
): WebSocketExtension<C> {
  const context = contextOf(setting)
  const headers = parseExtensions(`permessage-deflate${setting.offer ?? ''}`) ?? []
  const made =
    context.role === 'client'
      ? factory.accepted(headers[0]!, context)
      : factory.negotiate(headers, context)?.extension
  if (made === undefined || typeof made === 'string') throw new TypeError(`not made: ${made}`)
  return made
}

function compressed(payload: string): TextFrame {
  return new Frame.Text(bytes(payload), true, true)
}

function sent(extension: WebSocketExtension, text: string): string {
  const frame = extension.processOutgoingFrame(new Frame.Text(text))
  return `${frame.rsv1 ? 'rsv1 ' : ''}${hex(frame.data)}`
}

function received(extension: WebSocketExtension, payload: string): string {
  const frame = extension.processIncomingFrame(compressed(payload))
  if (frame.type !== 'text' || frame.rsv1) throw new TypeError(`wrong: ${frame.toString()}`)
  return frame.readText()
}

/** A port that counts what is open. */
function countingZlib() {
  const opened: (DeflaterOptions | InflaterOptions)[] = []
  const counts = { open: 0 }
  const counted = <T extends { close(): void }>(options: InflaterOptions, made: T): T => {
    opened.push(options)
    counts.open++
    const close = made.close.bind(made)
    made.close = () => {
      counts.open--
      close()
    }
    return made
  }
  const zlib: ZlibPort = {
    deflater: (options) => counted(options, nodeZlib.deflater(options)),
    inflater: (options) => counted(options, nodeZlib.inflater(options)),
  }
  return { zlib, opened, counts }
}

describe('the examples of RFC 7692, section 7.2.3', () => {
  const takeover = () => extensionOf(deflate(TAKEOVER))

  test('one block: "Hello"', () => {
    expect(received(takeover(), 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(sent(takeover(), 'Hello')).toBe(`rsv1 ${hex('f2 48 cd c9 c9 07 00')}`)
  })

  test('the window is shared: "Hello" again', () => {
    const receiver = takeover()
    expect(received(receiver, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(received(receiver, 'f2 00 11 00 00')).toBe('Hello')
    expect(received(receiver, 'f2 00 11 00 00')).toBe('Hello')
    const sender = takeover()
    expect(sent(sender, 'Hello')).toBe(`rsv1 ${hex('f2 48 cd c9 c9 07 00')}`)
    expect(sent(sender, 'Hello')).toBe(`rsv1 ${hex('f2 00 11 00 00')}`)
  })

  test('a block without compression', () => {
    expect(received(takeover(), '00 05 00 fa ff 48 65 6c 6c 6f 00')).toBe('Hello')
  })

  test('a final block, and what comes after it', () => {
    const receiver = takeover()
    expect(received(receiver, 'f3 48 cd c9 c9 07 00 00')).toBe('Hello')
    expect(received(receiver, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    expect(received(receiver, 'f2 00 11 00 00')).toBe('Hello')
  })

  test('two blocks', () => {
    expect(received(takeover(), 'f2 48 05 00 00 00 ff ff ca c9 c9 07 00')).toBe('Hello')
  })

  test('the empty message', () => {
    const receiver = takeover()
    expect(received(receiver, '00')).toBe('')
    expect(received(receiver, '00')).toBe('')
    expect(received(receiver, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    const sender = takeover()
    expect(sent(sender, '')).toBe(`rsv1 ${hex('00')}`)
    expect(sent(sender, '')).toBe(`rsv1 ${hex('00')}`)
    expect(sent(sender, 'Hello')).toBe(`rsv1 ${hex('f2 48 cd c9 c9 07 00')}`)
    expect(sent(sender, '')).toBe(`rsv1 ${hex('00')}`)
    expect(sent(sender, 'Hello')).toBe(`rsv1 ${hex('f2 00 11 00 00')}`)
  })
})

describe('a message on its way out', () => {
  const long = 'la '.repeat(400)

  test('is compressed when it is bigger than the threshold', () => {
    const extension = extensionOf(perMessageDeflate())
    expect(sent(extension, 'a'.repeat(1024))).not.toContain('rsv1')
    expect(sent(extension, 'a'.repeat(1025))).toContain('rsv1')
    const own = extensionOf(perMessageDeflate({ compressIfBiggerThan: 99 }))
    expect(sent(own, 'a'.repeat(99))).not.toContain('rsv1')
    expect(sent(own, 'a'.repeat(100))).toContain('rsv1')
  })

  test('is measured in bytes', () => {
    const extension = extensionOf(perMessageDeflate())
    expect(sent(extension, '\u{1f600}'.repeat(256))).not.toContain('rsv1')
    expect(sent(extension, '\u{1f600}'.repeat(257))).toContain('rsv1')
  })

  test('is compressed when all predicates say so', () => {
    const isText = (message: Frame) => message.type === 'text'
    const noSecret = (message: Frame) =>
      message.type !== 'text' || !message.readText().includes('!')
    const extension = extensionOf(perMessageDeflate({ compressIf: [isText, noSecret] }))
    expect(sent(extension, long)).toContain('rsv1')
    expect(sent(extension, `${long}!`)).not.toContain('rsv1')
    const binary = new Frame.Binary(new Uint8Array(2000))
    expect(extension.processOutgoingFrame(binary)).toBe(binary)
  })

  test('stays as it is when a predicate answers with a promise', () => {
    const later = async (): Promise<boolean> => false
    const extension = extensionOf(perMessageDeflate({ compressIf: later as never }))
    expect(sent(extension, long)).not.toContain('rsv1')
  })

  test('is not shown to a predicate when the threshold has decided', () => {
    const compressIf = () => {
      throw new Error('asked')
    }
    expect(sent(extensionOf(perMessageDeflate({ compressIf })), 'Hello')).not.toContain('rsv1')
  })

  test('stays as it is when it does not shrink and no window is kept', () => {
    const extension = extensionOf(deflate(NO_TAKEOVER))
    expect(sent(extension, 'Hello')).toBe(hex('48 65 6c 6c 6f'))
    expect(sent(extension, '')).toBe('')
    expect(sent(extension, 'a'.repeat(15))).toContain('rsv1')
  })

  test('keeps its type and the other reserved bits', () => {
    const extension = extensionOf(perMessageDeflate())
    const text = extension.processOutgoingFrame(new Frame.Text(long, true, false, true, false))
    expect(text).toMatchObject({ type: 'text', fin: true, rsv1: true, rsv2: true, rsv3: false })
    const zeros = new Uint8Array(5000)
    const binary = extension.processOutgoingFrame(new Frame.Binary(zeros, true, false, false, true))
    expect(binary).toMatchObject({ type: 'binary', fin: true, rsv1: true, rsv2: false, rsv3: true })
    expect(binary.data.length).toBeLessThan(30)
  })

  test.each([
    ['a control frame', new Frame.Ping(bytes('01 02'))],
    ['a fragment', new Frame.Text('a'.repeat(100), false)],
    ['what already has the bit', new Frame.Text('a'.repeat(100), true, true)],
  ])('stays as it is when it is %s', (_, frame) => {
    expect(extensionOf(deflate()).processOutgoingFrame(frame)).toBe(frame)
  })
})

describe('a message that came in', () => {
  test('stays as it is without the bit', () => {
    const frame = new Frame.Text('f2')
    expect(extensionOf(perMessageDeflate()).processIncomingFrame(frame)).toBe(frame)
  })

  test('keeps its type and the other reserved bits', () => {
    const frame = new Frame.Binary(bytes('f2 48 cd c9 c9 07 00'), true, true, true, true)
    const inflated = extensionOf(perMessageDeflate()).processIncomingFrame(frame)
    expect(inflated).toEqual(new Frame.Binary(bytes('48 65 6c 6c 6f'), true, false, true, true))
  })

  test('is empty when it has no payload at all', () => {
    const extension = extensionOf(perMessageDeflate(TAKEOVER))
    expect(received(extension, '')).toBe('')
    expect(received(extension, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
  })

  test('may be as big as the limit of that moment, and fails with 1009 beyond it', () => {
    const limits = { maxMessageSize: 5 }
    const context: ExtensionContext = { role: 'server', limits, zlib: nodeZlib }
    const offers = parseExtensions('permessage-deflate')!
    const { extension } = perMessageDeflate().negotiate(offers, context)!
    expect(received(extension, 'f2 48 cd c9 c9 07 00')).toBe('Hello')
    limits.maxMessageSize = 4
    expect(() => received(extension, 'f2 48 cd c9 c9 07 00')).toThrow(
      expect.objectContaining({ name: 'ExtensionFailure', code: 1009 }),
    )
  })

  test('is bounded by what can be decoded, too, when it is text', () => {
    const bounds: number[] = []
    const zlib: ZlibPort = {
      ...nodeZlib,
      inflater: () => ({
        inflate(data, maxLength) {
          bounds.push(maxLength)
          return data.slice()
        },
        close() {},
      }),
    }
    const limits = { maxMessageSize: 2 ** 30 }
    const offers = parseExtensions('permessage-deflate')!
    const { extension } = perMessageDeflate().negotiate(offers, { role: 'server', limits, zlib })!
    for (const type of [Frame.Text, Frame.Binary]) {
      extension.processIncomingFrame(new type(bytes('00'), true, true))
    }
    expect(bounds).toEqual([2 ** 29 - 24, 2 ** 30])
  })

  test('fails with 1007 when it is corrupt', () => {
    expect(() => received(extensionOf(perMessageDeflate()), 'ff ff')).toThrow(
      expect.objectContaining({ name: 'ExtensionFailure', code: 1007 }),
    )
  })
})

test('deflate has no threshold, and says so to whoever gives it one', () => {
  const shared: PerMessageDeflateConfig = { level: 1, compressIfBiggerThan: 0 }
  expect(() => deflate(shared)).toThrow(
    new TypeError('deflate has no compressIfBiggerThan: it is an option of perMessageDeflate'),
  )
  expect(() => deflate({ ...shared, compressIfBiggerThan: undefined } as object)).not.toThrow()
})

describe('memory that is lent', () => {
  const scratch = new Uint8Array(65_536)

  test('is asked for, unless there are predicates, which may keep what they see', () => {
    expect(extensionOf(perMessageDeflate()).borrows).toBe(true)
    expect(extensionOf(deflate({ compressIf: [] })).borrows).toBe(true)
    expect(extensionOf(perMessageDeflate({ compressIf: () => true })).borrows).toBe(false)
  })

  test('has what is inflated, and what is deflated', () => {
    const extension = extensionOf(deflate())
    const incoming = extension.processIncomingFrame(compressed('f2 48 cd c9 c9 07 00'), scratch)
    expect(incoming).toEqual(new Frame.Text(bytes('48 65 6c 6c 6f')))
    expect(incoming.data.buffer).toBe(scratch.buffer)
    const outgoing = extension.processOutgoingFrame(new Frame.Text('a'.repeat(100)), scratch)
    expect(outgoing.rsv1).toBe(true)
    expect(outgoing.data.buffer).toBe(scratch.buffer)
  })

  test('is not needed', () => {
    const extension = extensionOf(deflate())
    const [first, second] = ['Hello', 'HelloHello'].map((text) => {
      const sent = extension.processOutgoingFrame(new Frame.Text(text.repeat(20)))
      return extension.processIncomingFrame(sent)
    })
    expect(new TextDecoder().decode(first?.data)).toBe('Hello'.repeat(20))
    expect(new TextDecoder().decode(second?.data)).toBe('Hello'.repeat(40))
  })
})

describe('what is made of a message', () => {
  const bits = '; server_max_window_bits=10'

  test('is the same for connections that keep nothing and agreed on the same', () => {
    const { alike } = extensionOf(deflate())
    expect(alike).toBeDefined()
    expect(extensionOf(deflate(), { offer: '; client_no_context_takeover' }).alike).toBe(alike)
    const others = [
      extensionOf(deflate(), { offer: bits }),
      extensionOf(perMessageDeflate()),
      extensionOf(deflate({ level: 1 })),
      extensionOf(deflate({ memLevel: 1 })),
    ]
    expect(new Set([alike, ...others.map((other) => other.alike)]).size).toBe(5)
  })

  test('is each its own where a window is kept, and where predicates are asked', () => {
    expect(extensionOf(deflate(TAKEOVER)).alike).toBeUndefined()
    expect(extensionOf(deflate({ compressIf: () => true })).alike).toBeUndefined()
  })
})

describe('permessage-deflate', () => {
  test('claims the first reserved bit', () => {
    const { name, reserved } = perMessageDeflate()
    expect(name).toBe('permessage-deflate')
    expect(reserved).toEqual({ rsv1: true, rsv2: false, rsv3: false })
    expect(deflate()).toMatchObject({ name, reserved })
  })

  test('shows its configuration, and each connection what was negotiated', () => {
    const factory = perMessageDeflate({ compressIfBiggerThan: 10, level: 3 })
    expect(factory.config).toMatchObject({ serverMaxWindowBits: 15, compressIfBiggerThan: 10 })
    const { config } = extensionOf(factory, { offer: '; server_max_window_bits=9' })
    expect(config).toMatchObject({
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 15,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      compressIfBiggerThan: 10,
      level: 3,
    })
  })

  test('is neither offered nor accepted where there is no zlib', () => {
    const context = contextOf({ zlib: undefined })
    const offers = parseExtensions('permessage-deflate')!
    expect(perMessageDeflate().offers(context)).toEqual([])
    expect(perMessageDeflate().negotiate(offers, context)).toBeUndefined()
    expect(perMessageDeflate().accepted(offers[0]!, context)).toBe(
      'permessage-deflate was not offered: there is no zlib here',
    )
  })

  test('declines when no offer is acceptable', () => {
    const offers = parseExtensions('permessage-deflate; mode=fast')!
    expect(perMessageDeflate().negotiate(offers, contextOf({}))).toBeUndefined()
  })

  test('says why an answer is not acceptable', () => {
    const [answer] = parseExtensions('permessage-deflate; server_max_window_bits=20')!
    expect(perMessageDeflate().accepted(answer!, contextOf({ role: 'client' }))).toBe(
      "server_max_window_bits takes a value from 8 to 15, it has '20'",
    )
  })

  test.each<['server' | 'client', InflaterOptions, InflaterOptions]>([
    [
      'server',
      { windowBits: 10, contextTakeover: true },
      { windowBits: 9, contextTakeover: false },
    ],
    [
      'client',
      { windowBits: 9, contextTakeover: false },
      { windowBits: 10, contextTakeover: true },
    ],
  ])('opens as a %s what its messages need, and closes it', (role, outgoing, incoming) => {
    const { zlib, opened, counts } = countingZlib()
    const config: PerMessageDeflateConfig = {
      serverNoContextTakeover: false,
      level: 2,
      memLevel: 7,
      compressIfBiggerThan: 10,
    }
    const extension = extensionOf(perMessageDeflate(config), {
      role,
      zlib,
      offer: `; server_max_window_bits=10; client_max_window_bits=9; client_no_context_takeover`,
    })
    sent(extension, 'short')
    extension.processIncomingFrame(new Frame.Text('plain'))
    expect(opened).toEqual([])
    received(extension, 'f2 48 cd c9 c9 07 00')
    expect(opened).toEqual([incoming])
    sent(extension, 'long enough to be compressed')
    sent(extension, 'long enough to be compressed')
    expect(opened).toEqual([incoming, { ...outgoing, level: 2, memLevel: 7 }])
    extension.close?.()
    expect(counts.open).toBe(0)
  })

  test('closes what was never opened', () => {
    expect(() => extensionOf(perMessageDeflate()).close?.()).not.toThrow()
  })
})
