import { describe, expect, it } from 'vitest'
import { perMessageDeflate } from '../../../src/protocol/deflate/permessage-deflate.ts'
import type {
  ExtensionContext,
  ReservedBits,
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../../src/protocol/extension/extension.ts'
import {
  acceptExtensions,
  checkExtensionConflicts,
  negotiateExtensions,
} from '../../../src/protocol/handshake/negotiation.ts'
import type { ExtensionHeader } from '../../../src/protocol/headers/extension-header.ts'

const CONTEXT: ExtensionContext = {
  role: 'server',
  limits: { maxMessageSize: 1024 },
  zlib: undefined,
}

interface Fake extends WebSocketExtensionFactory<string> {
  /** What `negotiate` and `accepted` were asked, and what was closed. */
  readonly log: string[]
}

/** An extension of which none can be made. */
function broken(name: string): WebSocketExtensionFactory<string> {
  const fail = (): never => {
    throw new Error(`${name} is broken`)
  }
  return { ...fake(name), accepted: fail, negotiate: fail }
}

/** An extension that agrees to any offer, or declines. */
function fake(name: string, bits: Partial<ReservedBits> = {}, agrees = true): Fake {
  const log: string[] = []
  const extension: WebSocketExtension<string> = {
    name,
    config: name,
    processOutgoingFrame: (frame) => frame,
    processIncomingFrame: (frame) => frame,
    close: () => log.push('closed'),
  }
  return {
    name,
    config: name,
    reserved: { rsv1: false, rsv2: false, rsv3: false, ...bits },
    log,
    offers: () => [header(name)],
    accepted: (answer) => {
      log.push(parameterNames(answer))
      return agrees ? extension : `${name} does not like the answer`
    },
    negotiate: (offers, context) => {
      log.push(`${context.role}: ${offers.map(parameterNames).join(' | ')}`)
      return agrees ? { answer: offers[0]!, extension } : undefined
    },
  }
}

function header(name: string, ...parameters: readonly string[]): ExtensionHeader {
  return { name, parameters: parameters.map((key) => ({ name: key, value: undefined })) }
}

function parameterNames(offer: ExtensionHeader): string {
  return offer.parameters.map((parameter) => parameter.name).join(' ')
}

describe('checkExtensionConflicts', () => {
  it('takes extensions that claim different bits', () => {
    const factories = [
      fake('a'),
      fake('b', { rsv1: true }),
      fake('c', { rsv2: true }),
      fake('d', { rsv3: true }),
    ]
    expect(() => checkExtensionConflicts([])).not.toThrow()
    expect(() => checkExtensionConflicts(factories)).not.toThrow()
  })

  it.each([
    [fake('a', { rsv1: true }), fake('b', { rsv1: true, rsv2: true }), 'RSV1'],
    [fake('a', { rsv2: true }), fake('b', { rsv2: true }), 'RSV2'],
    [fake('a', { rsv3: true }), fake('b', { rsv3: true }), 'RSV3'],
  ])('names the two that claim one bit, and the bit', (a, b, bit) => {
    const check = () => checkExtensionConflicts([a, fake('c'), b])
    expect(check).toThrow(TypeError)
    expect(check).toThrow(
      `the extensions 'a' and 'b' cannot be configured together: both claim the reserved bit ${bit}`,
    )
  })

  it('names the two that share a name', () => {
    expect(() => checkExtensionConflicts([fake('a', { rsv1: true }), fake('a')])).toThrow(
      "the extensions 'a' and 'a' cannot be configured together: both claim that name",
    )
  })
})

describe('negotiateExtensions', () => {
  it('agrees to what is offered and configured, in the order configured', () => {
    const factories = [fake('b'), fake('a'), fake('unasked')]
    const { answer, extensions } = negotiateExtensions(
      [header('a', 'x'), header('unknown'), header('b', 'y')],
      factories,
      CONTEXT,
    )
    expect(answer).toEqual([header('b', 'y'), header('a', 'x')])
    expect(extensions.map((extension) => extension.name)).toEqual(['b', 'a'])
    expect(factories[2]!.log).toEqual([])
  })

  it('shows each factory all the offers of its name, and the context', () => {
    const factory = fake('a')
    negotiateExtensions([header('a', 'x', 'y'), header('A'), header('a', 'z')], [factory], CONTEXT)
    expect(factory.log).toEqual(['server: x y | z'])
  })

  it('goes on without a factory that declines, its bit being free', () => {
    const { answer } = negotiateExtensions(
      [header('a'), header('b')],
      [fake('a', { rsv1: true }, false), fake('b', { rsv1: true })],
      CONTEXT,
    )
    expect(answer).toEqual([header('b')])
  })

  it('does not ask a factory whose bit or name is taken', () => {
    const second = fake('b', { rsv1: true })
    const third = fake('a')
    const { answer } = negotiateExtensions(
      [header('b'), header('a')],
      [fake('a', { rsv1: true }), second, third],
      CONTEXT,
    )
    expect(answer).toEqual([header('a')])
    expect([...second.log, ...third.log]).toEqual([])
  })

  it('throws what a factory throws, and closes what it had made', () => {
    const first = fake('a')
    expect(() =>
      negotiateExtensions([header('a'), header('b')], [first, broken('b')], CONTEXT),
    ).toThrow('b is broken')
    expect(first.log).toEqual(['server: ', 'closed'])
  })

  it('agrees to nothing when nothing is offered', () => {
    expect(negotiateExtensions([], [fake('a')], CONTEXT)).toEqual({ answer: [], extensions: [] })
  })
})

describe('acceptExtensions', () => {
  const client: ExtensionContext = { ...CONTEXT, role: 'client' }

  it('makes the extensions in the order of the answer', () => {
    const factories = [fake('a'), fake('b')]
    const extensions = acceptExtensions([header('b', 'x'), header('a')], factories, client)
    if (typeof extensions === 'string') throw new Error(extensions)
    expect(extensions.map((extension) => extension.name)).toEqual(['b', 'a'])
    expect(factories[1]!.log).toEqual(['x'])
  })

  it('makes none of an empty answer', () => {
    expect(acceptExtensions([], [fake('a')], client)).toEqual([])
  })

  it('throws what a factory throws, and closes what it had made', () => {
    const first = fake('a')
    expect(() =>
      acceptExtensions([header('a'), header('b')], [first, broken('b')], client),
    ).toThrow('b is broken')
    expect(first.log).toEqual(['', 'closed'])
  })

  it.each<[string, ExtensionHeader[], string]>([
    ['unknown', [header('a'), header('x')], "the extension 'x', which was not offered"],
    ['chosen twice', [header('a'), header('a')], "the extension 'a', whose name or reserved bit"],
    ['on a taken bit', [header('a'), header('c')], "the extension 'c', whose name or reserved bit"],
    ['not acceptable', [header('a'), header('b')], 'b does not like the answer'],
  ])('says why one is %s, and closes what it had made', (_, answers, problem) => {
    const first = fake('a', { rsv1: true })
    const factories = [first, fake('b', {}, false), fake('c', { rsv1: true })]
    expect(acceptExtensions(answers, factories, client)).toContain(problem)
    expect(first.log).toEqual(['', 'closed'])
  })
})

// What the types refuse, for those who have none.
it.each([
  ['a factory that is not called', [perMessageDeflate]],
  ['a factory without a list', perMessageDeflate()],
  ['a name', 'permessage-deflate'],
  ['names', ['permessage-deflate']],
  ['null', null],
  ['a list of null', [null]],
])('the extensions are a list of what factories make, and not %s', (_, extensions) => {
  expect(() => Reflect.apply(checkExtensionConflicts, undefined, [extensions])).toThrow(
    new TypeError(
      'the option extensions needs a list of extensions, such as [WebSocketExtensions.perMessageDeflate()]',
    ),
  )
})
