import { afterEach, describe, expect, test } from 'vitest'
import * as ws from 'ws'
import { createNodeZlib } from '../../../src/node/zlib/zlib-port.ts'
import type { DeflateConfig } from '../../../src/protocol/deflate/deflate-config.ts'
import { deflate } from '../../../src/protocol/deflate/permessage-deflate.ts'
import type {
  ExtensionContext,
  WebSocketExtension,
} from '../../../src/protocol/extension/extension.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import {
  formatExtensions,
  parseExtensions,
} from '../../../src/protocol/headers/extension-header.ts'
import { randomFrom, sampleBytes } from '../../support/zlib-samples.ts'

/** permessage-deflate as `ws` does it, through streams; its types leave it out. */
interface WsDeflate {
  offer(): object
  accept(configurations: unknown): Record<string, unknown>
  compress(data: Uint8Array, fin: boolean, done: WsCallback): void
  decompress(data: Uint8Array, fin: boolean, done: WsCallback): void
  cleanup(): void
}
type WsCallback = (error: Error | null, data: Uint8Array) => void

interface WsOptions {
  readonly isServer?: boolean
  readonly clientMaxWindowBits?: number
  readonly serverMaxWindowBits?: number
  readonly clientNoContextTakeover?: boolean
  readonly serverNoContextTakeover?: boolean
}

interface WsInternals {
  readonly PerMessageDeflate: new (options: WsOptions) => WsDeflate
  readonly extension: {
    parse(header: string): Record<string, unknown>
    format(extensions: object): string
  }
}

function hasInternals(module: object): module is WsInternals {
  return 'PerMessageDeflate' in module && 'extension' in module
}

const module: object = ws
if (!hasInternals(module)) throw new TypeError('ws does not export its permessage-deflate')
const { PerMessageDeflate, extension: wsHeader } = module

const NAME = 'permessage-deflate'
const ROLES = ['server', 'client'] as const
const PORTS = [
  ['handles', createNodeZlib({ fast: true })],
  ['public functions', createNodeZlib({ fast: false })],
] as const

const peers: WsDeflate[] = []

afterEach(() => {
  for (const peer of peers.splice(0)) peer.cleanup()
})

function wsDeflate(options: WsOptions): WsDeflate {
  const peer = new PerMessageDeflate(options)
  peers.push(peer)
  return peer
}

/** Both ends of one connection, negotiated through the headers that would be on the wire. */
function connection(
  role: (typeof ROLES)[number],
  config: DeflateConfig,
  zlib: ExtensionContext['zlib'],
): { readonly ours: WebSocketExtension<DeflateConfig>; readonly theirs: WsDeflate } {
  const context: ExtensionContext = { role, limits: { maxMessageSize: 1_000_000 }, zlib }
  const factory = deflate(config)
  if (role === 'server') {
    const theirs = wsDeflate({})
    const offer = parseExtensions(wsHeader.format({ [NAME]: theirs.offer() })) ?? []
    const { answer, extension: ours } = factory.negotiate(offer, context)!
    theirs.accept(wsHeader.parse(formatExtensions([answer]))[NAME])
    return { ours, theirs }
  }
  const theirs = wsDeflate({ isServer: true })
  const accepted = theirs.accept(wsHeader.parse(formatExtensions(factory.offers(context)))[NAME])
  const [answer] = parseExtensions(wsHeader.format({ [NAME]: [accepted] })) ?? []
  const ours = factory.accepted(answer!, context)
  if (typeof ours === 'string') throw new TypeError(ours)
  return { ours, theirs }
}

function outcome(start: (done: WsCallback) => void): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    start((error, data) => (error ? reject(error) : resolve(Uint8Array.from(data))))
  })
}

describe.each(ROLES)('as a %s, a peer of ws', (role) => {
  describe.each(PORTS)("by zlib's %s", (_, zlib) => {
    test.each([
      [15, 15, false],
      [15, 15, true],
      [8, 8, false],
      [8, 8, true],
      [9, 14, false],
      [14, 10, false],
      [11, 12, false],
      [12, 11, true],
      [10, 9, false],
      [13, 13, false],
    ])(
      'exchanges messages in windows of %i and %i bits, no takeover: %s',
      async (serverMaxWindowBits, clientMaxWindowBits, none) => {
        const { ours, theirs } = connection(
          role,
          {
            serverMaxWindowBits,
            clientMaxWindowBits,
            serverNoContextTakeover: none,
            clientNoContextTakeover: none,
          },
          zlib,
        )
        expect(ours.config).toMatchObject({
          serverMaxWindowBits,
          // A server asks no client for 8 bits that does not offer them.
          clientMaxWindowBits:
            role === 'server' ? Math.max(clientMaxWindowBits, 9) : clientMaxWindowBits,
          serverNoContextTakeover: none,
          clientNoContextTakeover: none,
        })
        const random = randomFrom(serverMaxWindowBits)
        // More in all than the largest window.
        for (let i = 0; i < 40; i++) {
          const message = sampleBytes(1 + random(2000), i)
          const sent = ours.processOutgoingFrame(new Frame.Binary(message))
          if (sent.rsv1) {
            const got = await outcome((done) => theirs.decompress(sent.data, true, done))
            expect(Buffer.compare(got, message)).toBe(0)
          } else {
            expect(none).toBe(true)
          }
          const reply = await outcome((done) => theirs.compress(message, true, done))
          const received = ours.processIncomingFrame(new Frame.Binary(reply, true, true))
          expect(Buffer.compare(received.data, message)).toBe(0)
        }
        ours.close?.()
      },
    )
  })
})

test('a client gets from ws what it can give when it wishes for more', () => {
  const theirs = wsDeflate({ isServer: true, serverMaxWindowBits: 12 })
  const context: ExtensionContext = {
    role: 'client',
    limits: { maxMessageSize: 100 },
    zlib: createNodeZlib(),
  }
  const factory = deflate({ serverMaxWindowBits: 10 })
  const accepted = theirs.accept(wsHeader.parse(formatExtensions(factory.offers(context)))[NAME])
  const [answer] = parseExtensions(wsHeader.format({ [NAME]: [accepted] })) ?? []
  expect(factory.accepted(answer!, context)).toMatchObject({ config: { serverMaxWindowBits: 12 } })
})
