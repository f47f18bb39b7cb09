import { describe, expect, onTestFinished, test } from 'vitest'
import { node, SessionClient } from '../../src/node/index.ts'
import { deflate } from '../../src/protocol/deflate/permessage-deflate.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { serve } from '../../src/serving/engine.ts'
import { type DeflateCase, type DeflateSettings, deflateCases } from './deflate-table.ts'
import { type Notes, noted } from './noted-extension.ts'
import { randomFrom, sampleBytes } from './zlib-samples.ts'

/** A program that can compress, for both tables of `docs/deflate.md`. */
export interface DeflatePeer {
  /** As in the tables. */
  readonly name: string
  /** Sends each message to the URL, waits for its echo, and closes. Rejects unless all come back as they were. */
  talk(url: string, settings: DeflateSettings, messages: readonly Uint8Array[]): Promise<void>
  /** A server that echoes; absent where there is none. */
  serve?(settings: DeflateSettings): Promise<{ readonly url: string; stop(): unknown }>
}

/** What the wire said of one connection. */
interface Heard {
  offers: readonly string[]
  answer: string | undefined
  config: DeflateSettings
}

/** Twice the same: a window that is kept shows. Then what is longer than the smallest windows, and what does not shrink. */
const MESSAGES: readonly Uint8Array[] = [
  short(),
  short(),
  sampleBytes(40_000, 1),
  randomBytes(3_000),
  new Uint8Array(0),
  sampleBytes(70_000, 2),
  randomBytes(1),
]

export function testDeflatePeer(peer: DeflatePeer): void {
  const ofPeer = (each: DeflateCase): boolean => each.peer === peer.name

  describe(`${peer.name} and our server`, () => {
    test.each(deflateCases('Our server').filter(ofPeer))('$title', async (row) => {
      const { factory, notes } = noted(deflate(row.ours))
      let heard: Heard | undefined
      const route = webSocket(async ({ call, extensions, incoming, outgoing }) => {
        heard = heardOf(call.request.headers, call.response.headers, extensions)
        for await (const frame of incoming) await outgoing.send(frame)
      })
      const options = { origin: 'any', extensions: [factory] } as const
      const server = await serve(websockets(route), node({ webSockets: options }))
      onTestFinished(() => server.stop({ drain: 0 }))
      const talk = peer.talk(server.url.replace('http', 'ws'), row.theirs, MESSAGES)
      if (row.works) await talk
      else await expect(talk).rejects.toThrow(/permessage-deflate|came back changed/)
      check(row, heard, notes, 'server')
    })
  })

  const { serve: start } = peer
  if (start === undefined) return
  describe(`${peer.name} and our client`, () => {
    test.each(deflateCases('Our client').filter(ofPeer))('$title', async (row) => {
      const server = await start(row.theirs)
      onTestFinished(async () => void (await server.stop()))
      const { factory, notes } = noted(deflate(row.ours))
      const client = new SessionClient({ extensions: [factory] })
      let heard: Heard | undefined
      const talk = client.webSocket(server.url, async (session) => {
        const { call, extensions } = session
        heard = heardOf(call.request.headers, call.response.headers, extensions)
        for (const message of MESSAGES) {
          await session.send(message)
          const { data } = await session.incoming.receive()
          if (Buffer.compare(data, message) !== 0) throw new Error('it came back changed')
        }
      })
      if (row.works) await talk
      else await expect(talk).rejects.toThrow(/permessage-deflate|came back changed/)
      check(row, heard, notes, 'client')
    })
  })
}

function heardOf(
  request: Headers,
  response: Headers,
  extensions: readonly { readonly config: unknown }[],
): Heard {
  const parts = (headers: Headers): string[] =>
    (headers.get('sec-websocket-extensions') ?? '')
      .split(',')
      .map((part) => part.trim().replace(/^permessage-deflate(?:; ?)?/, ''))
  const [extension] = extensions
  return {
    offers: parts(request),
    answer: extension === undefined ? undefined : parts(response)[0],
    // That of permessage-deflate, by which alone it was set up.
    config: (extension?.config ?? {}) as DeflateSettings,
  }
}

/** Holds the wire against the table, and what was compressed against what was agreed. */
function check(
  row: DeflateCase,
  heard: Heard | undefined,
  { incoming, outgoing }: Notes,
  role: 'server' | 'client',
): void {
  expect(heard).toMatchObject({ offers: row.offers, answer: row.answer })
  if (!row.works) return
  if (row.answer === undefined) {
    expect([incoming, outgoing]).toEqual([[], []])
    return
  }
  const { serverNoContextTakeover: server, clientNoContextTakeover: client } = heard!.config
  expect(startsAnew(outgoing)).toBe(role === 'server' ? server : client)
  expect(startsAnew(incoming)).toBe(role === 'server' ? client : server)
}

/** Whether the second of two equal messages was no smaller than the first. */
function startsAnew([first = 0, second = 0]: readonly number[]): boolean {
  expect(first).toBeGreaterThan(0)
  return second >= first
}

/** Fits into the smallest window, and compresses little by itself. */
function short(): Uint8Array {
  const random = randomFrom(7)
  return Uint8Array.from({ length: 200 }, () => 48 + random(16))
}

function randomBytes(length: number): Uint8Array {
  const random = randomFrom(3)
  return Uint8Array.from({ length }, () => random(256))
}
