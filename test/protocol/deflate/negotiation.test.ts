import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type PerMessageDeflateConfig,
  resolveDeflateConfig,
} from '../../../src/protocol/deflate/deflate-config.ts'
import {
  chooseDeflateOffer,
  type DeflateAgreement,
  deflateOffers,
  readDeflateAnswer,
} from '../../../src/protocol/deflate/negotiation.ts'
import {
  type ExtensionHeader,
  formatExtensions,
  parseExtensions,
} from '../../../src/protocol/headers/extension-header.ts'

/** A server or client that leaves both windows as they are. */
const TAKEOVER: PerMessageDeflateConfig = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
}

/** `'permessage-deflate; a=1'`, of its parameters `'a=1'`. */
function header(parameters: string): ExtensionHeader {
  const [parsed] = parseExtensions(`permessage-deflate${parameters && '; '}${parameters}`) ?? []
  if (parsed === undefined) throw new TypeError(`not parameters: ${parameters}`)
  return parsed
}

/** The parameters alone. */
function written(extension: ExtensionHeader): string {
  return formatExtensions([extension]).replace(/^permessage-deflate(?:; )?/, '')
}

function choose(offers: readonly string[], config: PerMessageDeflateConfig) {
  return chooseDeflateOffer(offers.map(header), resolveDeflateConfig(config))
}

function answer(offers: readonly string[], config: PerMessageDeflateConfig = TAKEOVER) {
  const choice = choose(offers, config)
  return choice && written(choice.answer)
}

function read(parameters: string, config: PerMessageDeflateConfig = {}): DeflateAgreement | string {
  return readDeflateAnswer(header(parameters), resolveDeflateConfig(config))
}

function offers(config: PerMessageDeflateConfig): string[] {
  return deflateOffers(resolveDeflateConfig(config)).map(written)
}

function agreed(
  serverMaxWindowBits: number,
  clientMaxWindowBits: number,
  serverNoContextTakeover: boolean,
  clientNoContextTakeover: boolean,
): DeflateAgreement {
  return {
    serverMaxWindowBits,
    clientMaxWindowBits,
    serverNoContextTakeover,
    clientNoContextTakeover,
  }
}

describe('a server that keeps its window', () => {
  test.each([
    ['', ''],
    ['server_no_context_takeover', 'server_no_context_takeover'],
    ['client_no_context_takeover', 'client_no_context_takeover'],
    ['client_max_window_bits', ''],
    ['client_max_window_bits=15', 'client_max_window_bits=15'],
    ['client_max_window_bits=10', 'client_max_window_bits=10'],
    ['server_max_window_bits=15', 'server_max_window_bits=15'],
    ['server_max_window_bits=8', 'server_max_window_bits=8'],
    ['server_max_window_bits="9"', 'server_max_window_bits=9'],
    [
      'client_max_window_bits=11; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover',
      'server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11',
    ],
  ])('answers the offer %j with %j', (offer, expected) => {
    expect(answer([offer])).toBe(expected)
  })

  test('knows what both ends then hold to', () => {
    const offer = 'server_max_window_bits=10; client_max_window_bits=11; client_no_context_takeover'
    expect(choose([offer], TAKEOVER)?.agreement).toEqual(agreed(10, 11, false, true))
    expect(choose([''], TAKEOVER)?.agreement).toEqual(agreed(15, 15, false, false))
  })
})

describe('a server', () => {
  test('takes over no context unless it is told to', () => {
    const expected = 'server_no_context_takeover; client_no_context_takeover'
    expect(answer(['client_max_window_bits'], {})).toBe(expected)
    expect(choose([''], {})?.agreement).toEqual(agreed(15, 15, true, true))
  })

  test.each([
    [9, '', 'server_max_window_bits=9'],
    [9, 'server_max_window_bits=10', 'server_max_window_bits=9'],
    [9, 'server_max_window_bits=8', 'server_max_window_bits=8'],
  ])('with a window of %i bits answers the offer %j with %j', (bits, offer, expected) => {
    expect(answer([offer], { ...TAKEOVER, serverMaxWindowBits: bits })).toBe(expected)
  })

  test.each([
    ['client_max_window_bits', 'client_max_window_bits=9'],
    ['client_max_window_bits=15', 'client_max_window_bits=9'],
    ['client_max_window_bits=8', 'client_max_window_bits=8'],
  ])('that limits clients to 9 bits answers the offer %j with %j', (offer, expected) => {
    expect(answer([offer], { ...TAKEOVER, clientMaxWindowBits: 9 })).toBe(expected)
  })

  test.each([
    ['client_max_window_bits', 'client_max_window_bits=9'],
    ['client_max_window_bits=15', 'client_max_window_bits=9'],
    ['client_max_window_bits=8', 'client_max_window_bits=8'],
  ])(
    'that limits clients to 8 bits answers the offer %j with %j: zlib has no compressor of 8',
    (offer, expected) => {
      expect(answer([offer], { ...TAKEOVER, clientMaxWindowBits: 8 })).toBe(expected)
    },
  )

  test('declines a client that cannot be limited, when it wants a limit', () => {
    expect(answer([''], { clientMaxWindowBits: 9 })).toBeUndefined()
    expect(answer(['', 'client_max_window_bits'], { ...TAKEOVER, clientMaxWindowBits: 9 })).toBe(
      'client_max_window_bits=9',
    )
  })

  test.each([
    'server_max_window_bits',
    'server_max_window_bits=7',
    'server_max_window_bits=16',
    'server_max_window_bits=08',
    'server_max_window_bits=010',
    'server_max_window_bits=+9',
    'server_max_window_bits=9.0',
    'server_max_window_bits=1e1',
    'server_max_window_bits=0x9',
    'client_max_window_bits=7',
    'client_max_window_bits=16',
    'client_max_window_bits=08',
    'client_max_window_bits=true',
    'server_no_context_takeover=true',
    'server_no_context_takeover=1',
    'client_no_context_takeover=15',
    'client_no_context_takeover; client_no_context_takeover',
    'server_max_window_bits=10; server_max_window_bits=10',
    'client_max_window_bits; client_max_window_bits=10',
    'mode=fast',
    'Client_Max_Window_Bits',
    'constructor',
    '__proto__=8',
  ])('declines the offer %j, and takes the next', (offer) => {
    expect(answer([offer])).toBeUndefined()
    expect(answer([offer, 'server_max_window_bits=10'])).toBe('server_max_window_bits=10')
  })

  test('takes the first of several offers that it can', () => {
    expect(answer(['server_max_window_bits=10', 'server_max_window_bits=12', ''])).toBe(
      'server_max_window_bits=10',
    )
  })

  test('declines when nothing is offered', () => {
    expect(answer([])).toBeUndefined()
  })

  test('never throws, whatever is offered', () => {
    const parameter = fc.record({
      name: fc.oneof(
        fc.string(),
        fc.constantFrom(
          'server_no_context_takeover',
          'client_no_context_takeover',
          'server_max_window_bits',
          'client_max_window_bits',
        ),
      ),
      value: fc.option(fc.oneof(fc.string(), fc.nat(20).map(String)), { nil: undefined }),
    })
    const offer = fc.record({
      name: fc.constant('permessage-deflate'),
      parameters: fc.array(parameter, { maxLength: 6 }),
    })
    fc.assert(
      fc.property(fc.array(offer), (list) => {
        const choice = chooseDeflateOffer(list, resolveDeflateConfig({}))
        for (const value of Object.values(choice?.agreement ?? {})) {
          expect(typeof value === 'boolean' || (value >= 8 && value <= 15)).toBe(true)
        }
      }),
    )
  })
})

describe('a client', () => {
  test.each<[PerMessageDeflateConfig, string[]]>([
    [{}, ['client_max_window_bits']],
    [TAKEOVER, ['client_max_window_bits']],
    [{ clientMaxWindowBits: 10 }, ['client_max_window_bits=10']],
    [{ clientNoContextTakeover: true }, ['client_no_context_takeover; client_max_window_bits']],
  ])('with %o makes one offer', (config, expected) => {
    expect(offers(config)).toEqual(expected)
  })

  test.each<[PerMessageDeflateConfig, string[]]>([
    [
      { serverNoContextTakeover: true },
      ['server_no_context_takeover; client_max_window_bits', 'client_max_window_bits'],
    ],
    [
      { serverMaxWindowBits: 10, clientMaxWindowBits: 9, clientNoContextTakeover: true },
      [
        'client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9',
        'client_no_context_takeover; client_max_window_bits=9',
      ],
    ],
  ])('that wishes %o of the server also offers to do without', (config, expected) => {
    expect(offers(config)).toEqual(expected)
  })

  test.each<[PerMessageDeflateConfig, string, DeflateAgreement]>([
    [{}, '', agreed(15, 15, false, false)],
    [{}, 'server_no_context_takeover', agreed(15, 15, true, false)],
    [{}, 'client_no_context_takeover', agreed(15, 15, false, true)],
    [{}, 'server_max_window_bits=8', agreed(8, 15, false, false)],
    [{}, 'client_max_window_bits=8', agreed(15, 8, false, false)],
    [{ clientMaxWindowBits: 10 }, '', agreed(15, 10, false, false)],
    [{ clientMaxWindowBits: 10 }, 'client_max_window_bits=10', agreed(15, 10, false, false)],
    [{ clientMaxWindowBits: 10 }, 'client_max_window_bits=9', agreed(15, 9, false, false)],
    [{ clientMaxWindowBits: 10 }, 'client_max_window_bits=11', agreed(15, 10, false, false)],
    [{ clientMaxWindowBits: 8 }, 'client_max_window_bits=15', agreed(15, 8, false, false)],
    [{ clientNoContextTakeover: true }, '', agreed(15, 15, false, true)],
    [{ serverMaxWindowBits: 10 }, 'server_max_window_bits=9', agreed(9, 15, false, false)],
    [{ serverMaxWindowBits: 10 }, '', agreed(15, 15, false, false)],
    [{ serverNoContextTakeover: true }, '', agreed(15, 15, false, false)],
  ])('with %o reads the answer %j', (config, parameters, expected) => {
    expect(read(parameters, config)).toEqual(expected)
  })

  test.each<[string, string]>([
    ['mode=fast', "the parameter 'mode' is not one of permessage-deflate (RFC 7692, section 7.1)"],
    [
      'server_no_context_takeover; server_no_context_takeover',
      "the parameter 'server_no_context_takeover' is given twice",
    ],
    ['server_no_context_takeover=1', "server_no_context_takeover takes no value, it has '1'"],
    ['server_max_window_bits', 'server_max_window_bits takes a value from 8 to 15, it has none'],
    ['server_max_window_bits=7', "server_max_window_bits takes a value from 8 to 15, it has '7'"],
    ['client_max_window_bits', 'client_max_window_bits takes a value from 8 to 15, it has none'],
    ['client_max_window_bits=16', "client_max_window_bits takes a value from 8 to 15, it has '16'"],
  ])('does not accept the answer %j', (parameters, problem) => {
    expect(read(parameters)).toBe(problem)
  })
})

describe('a client and a server', () => {
  test('agree on the same, whatever they are configured for', () => {
    const bits = fc.integer({ min: 8, max: 15 })
    const flag = fc.constantFrom({}, { no: true }, { no: false })
    const config = fc
      .record({ server: bits, client: bits, serverFlag: flag, clientFlag: flag })
      .map(
        ({ server, client, serverFlag, clientFlag }): PerMessageDeflateConfig => ({
          serverMaxWindowBits: server,
          clientMaxWindowBits: client,
          ...('no' in serverFlag && { serverNoContextTakeover: serverFlag.no }),
          ...('no' in clientFlag && { clientNoContextTakeover: clientFlag.no }),
        }),
      )
    fc.assert(
      fc.property(config, config, (client, server) => {
        const made = deflateOffers(resolveDeflateConfig(client))
        const choice = chooseDeflateOffer(made, resolveDeflateConfig(server))
        expect(choice).toBeDefined()
        expect(readDeflateAnswer(choice!.answer, resolveDeflateConfig(client))).toEqual(
          choice!.agreement,
        )
      }),
    )
  })
})
