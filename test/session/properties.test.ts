import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { sendStream } from '../../src/session/send-stream.ts'
import { sessionRig, stateOf } from '../support/session-rig.ts'
import { settled } from '../support/socket-rig.ts'
import { encodeWire } from '../support/wire.ts'

const KEY = new Uint8Array(4)

/** Sizes on both sides of the marks that these sessions have. */
const size = fc.oneof(fc.nat(20), fc.integer({ min: 900, max: 1100 }), fc.constant(70_000))

async function* hanging(): AsyncGenerator<string> {
  yield 'a'
  await new Promise(() => {})
}

const SMALL = { highWaterMark: 1000, maxBufferedAmount: 2200 }

describe('whatever the peer does, and in whatever order', () => {
  it('what is sent arrives in the order in which it was sent, all of it before the Close', async () => {
    const step = fc.oneof(
      size.map((bytes) => ({ act: 'send' as const, bytes })),
      fc.constantFrom(
        { act: 'stall' as const },
        { act: 'read' as const },
        { act: 'flush' as const },
        { act: 'turn' as const },
        { act: 'ping' as const },
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { session, peer } = sessionRig({}, SMALL)
        const sent: number[] = []
        const pending: Promise<unknown>[] = []
        for (const one of steps) {
          if (one.act === 'send') {
            const content = new Uint8Array(4 + one.bytes)
            new DataView(content.buffer).setUint32(0, sent.length)
            sent.push(sent.length)
            pending.push(session.send(content))
          } else if (one.act === 'stall') peer.stall()
          else if (one.act === 'read') peer.read()
          else if (one.act === 'flush') pending.push(session.flush())
          else if (one.act === 'ping') pending.push(session.send(new Frame.Ping()))
          else await settled()
        }
        const closed = session.close()
        peer.read()
        await Promise.all(pending)
        await settled()
        const frames = peer.frames()
        const data = frames.filter(({ opcode }) => opcode === 2)
        const order = data.map(({ payload }) => new DataView(payload.buffer).getUint32(0))
        expect(order).toEqual(sent)
        expect(frames.at(-1)?.opcode).toBe(8)
        peer.send('88 82 00000000 03e8')
        expect((await closed).clean).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('messages that are sent as streams arrive whole, in their order among the others', async () => {
    const step = fc.oneof(
      size.map((bytes) => ({ act: 'send' as const, bytes })),
      fc.array(size, { maxLength: 3 }).map((sizes) => ({ act: 'stream' as const, sizes })),
      fc.array(size, { maxLength: 3 }).map((sizes) => ({ act: 'slow' as const, sizes })),
      fc.constantFrom(
        { act: 'stall' as const },
        { act: 'read' as const },
        { act: 'flush' as const },
        { act: 'turn' as const },
        { act: 'ping' as const },
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { session, peer } = sessionRig({}, SMALL)
        const sent: string[] = []
        const pending: Promise<unknown>[] = []
        /** The number of the message as its first chunk, and chunks of these sizes. */
        const chunksOf = (sizes: readonly number[]): Uint8Array[] => {
          const number = Uint8Array.of(sent.length)
          sent.push(`${sent.length}: ${sizes.reduce((sum, bytes) => sum + bytes, 1)}`)
          return [number, ...sizes.map((bytes) => new Uint8Array(bytes))]
        }
        async function* slowly(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
          for (const chunk of chunks) {
            await settled()
            yield chunk
          }
        }
        for (const one of steps) {
          if (one.act === 'send') {
            pending.push(session.send(Buffer.concat(chunksOf([one.bytes]))))
          } else if (one.act === 'stream') pending.push(sendStream(session, chunksOf(one.sizes)))
          else if (one.act === 'slow')
            pending.push(sendStream(session, slowly(chunksOf(one.sizes))))
          else if (one.act === 'stall') peer.stall()
          else if (one.act === 'read') peer.read()
          else if (one.act === 'flush') pending.push(session.flush())
          else if (one.act === 'ping') pending.push(session.send(new Frame.Ping()))
          else await settled()
        }
        peer.read()
        await Promise.all(pending)
        void session.close()
        const messages: Uint8Array[][] = []
        for (const { opcode, payload } of peer.frames()) {
          if (opcode === 2) messages.push([payload])
          else if (opcode === 0) messages.at(-1)!.push(payload)
        }
        const came = messages.map((pieces) => Buffer.concat(pieces))
        expect(came.map((message) => `${message[0]}: ${message.length}`)).toEqual(sent)
      }),
      { numRuns: 60 },
    )
  })

  it('what comes is received in the order in which it came, none of it lost', async () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 5 }).map((count) => ({ act: 'come' as const, count })),
      fc.integer({ min: 1, max: 5 }).map((count) => ({ act: 'take' as const, count })),
      fc.constant({ act: 'wait' as const, count: 1 }),
      fc.constant({ act: 'turn' as const, count: 1 }),
    )
    const bounds = fc.record({ capacity: fc.integer({ min: 1, max: 4 }), bytes: fc.constant(50) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), bounds, async (steps, incoming) => {
        const { session, peer } = sessionRig({ channels: { incoming } })
        const got: number[] = []
        const take = (frame: Frame | undefined): void => {
          if (frame !== undefined) got.push(frame.data[0]!)
        }
        let came = 0
        let waiting = 0
        for (const { act, count } of steps) {
          for (let i = 0; i < count; i++) {
            if (act === 'come') {
              const payload = new Uint8Array(1 + (came % 30)).fill(came++ % 256)
              peer.send(encodeWire({ opcode: 2, payload, key: KEY }))
            } else if (act === 'take') {
              if (waiting === 0) take(session.incoming.tryReceive())
            } else if (act === 'wait') {
              waiting++
              void session.incoming.receive().then(
                (frame) => {
                  waiting--
                  take(frame)
                },
                () => {},
              )
            } else {
              await settled()
            }
          }
        }
        peer.send('88 82 00000000 03e8')
        await settled()
        for await (const frame of session.incoming) take(frame)
        expect(got).toEqual(Array.from({ length: came }, (_, i) => i % 256))
        expect(session.closeRecord?.clean).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('every promise settles, and closed resolves', async () => {
    const ending = fc.constantFrom(
      '88 82 00000000 03e8',
      '83 80 00000000',
      '81 81 00000000 ff',
      'end',
      'terminate',
      'nothing',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.nat(6),
        fc.nat(3),
        fc.boolean(),
        fc.boolean(),
        ending,
        async (sends, receives, stalls, streams, how) => {
          const { session, peer, clock } = sessionRig({}, SMALL)
          if (stalls) peer.stall()
          const all: Promise<unknown>[] = [session.closed, session.closeReason]
          for (let i = 0; i < sends; i++) all.push(session.send(new Uint8Array(800)))
          for (let i = 0; i < receives; i++) all.push(session.incoming.receive())
          if (streams) all.push(sendStream(session, hanging()), sendStream(session, ['behind']))
          all.push(session.flush())
          if (how === 'end') peer.end()
          else if (how === 'terminate') session.terminate()
          else if (how === 'nothing') all.push(session.close())
          else peer.send(how)
          clock.advance(20_000)
          clock.advance(20_000)
          for (const promise of all) expect(await stateOf(promise)).not.toBe('pending')
          expect([session.incoming.isClosedForReceive, clock.pending]).toEqual([true, 0])
        },
      ),
      { numRuns: 100 },
    )
  })
})
