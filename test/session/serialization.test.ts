import { type } from 'arktype'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { json } from '../../src/format/json.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import type { WebsocketContentConverter } from '../../src/session/content-converter.ts'
import { converterOf } from '../../src/session/converter-of.ts'
import {
  WebsocketConverterNotFoundException,
  WebsocketDeserializeException,
} from '../../src/session/errors.ts'
import { WebSocketException } from '../../src/websocket/errors.ts'
import { hex } from '../support/hex.ts'
import { OwnChannel } from '../support/own-channel.ts'
import { arrived, sessionRig, stateOf } from '../support/session-rig.ts'
import { encodeWire } from '../support/wire.ts'

const Move = z.object({ to: z.string() })
const KEY = new Uint8Array(4)

function text(content: string): Uint8Array {
  return encodeWire({ opcode: 1, payload: content, key: KEY })
}

function jsonRig(converter: WebsocketContentConverter = converterOf(json)) {
  return sessionRig({ contentConverter: converter }, { protocol: 'chat.v1' })
}

async function failure(promise: Promise<unknown>): Promise<WebsocketDeserializeException> {
  try {
    await promise
  } catch (error) {
    if (error instanceof WebsocketDeserializeException) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('values', () => {
  it('are sent as the converter writes them, at once', () => {
    const { session, peer } = jsonRig()
    void session.sendSerialized({ to: 'e4' })
    void session.sendSerialized(null)
    expect(peer.received()).toBe(hex('81 0b 7b22746f223a226534227d  81 04 6e756c6c'))
  })

  it('are received, as they are or as their schema makes them', async () => {
    const { session, peer } = jsonRig()
    peer.send(text('{"to":"e4"}'))
    peer.send(text('null'))
    peer.send(text('{"to":"e5","and":1}'))
    expect(await session.receiveDeserialized()).toEqual({ to: 'e4' })
    expect(await session.receiveDeserialized(Move.nullable())).toBeNull()
    expect(await session.receiveDeserialized(Move)).toEqual({ to: 'e5' })
  })

  it('may be validated, written and read asynchronously', async () => {
    const { session, peer } = jsonRig({
      serialize: async (value) => JSON.stringify(value),
      deserialize: async (frame) => JSON.parse(frame.type === 'text' ? frame.readText() : ''),
      isApplicable: () => true,
    })
    await session.sendSerialized(1)
    expect(peer.received()).toBe(hex('81 01 31'))
    peer.send(text('2'))
    const later = z.number().refine(async (value) => value === 2)
    expect(await session.receiveDeserialized(later)).toBe(2)
  })

  it('are converted with the subprotocol at hand', async () => {
    const protocols: string[] = []
    const { session, peer } = jsonRig({
      serialize: (_, { protocol }) => {
        protocols.push(protocol)
        return 'a'
      },
      deserialize: (_, { protocol }) => protocols.push(protocol),
      isApplicable: () => true,
    })
    await session.sendSerialized(1)
    peer.send(text('2'))
    await session.receiveDeserialized()
    expect(protocols).toEqual(['chat.v1', 'chat.v1'])
  })

  it('in a binary format are Binary frames', async () => {
    const { session, peer } = jsonRig(converterOf(messagepack))
    await session.sendSerialized([1])
    expect(peer.received()).toBe(hex('82 02 9101'))
    peer.send('82 82 00000000 9102')
    expect(await session.receiveDeserialized()).toEqual([2])
  })
})

describe('what cannot be sent as a value', () => {
  it('is everything without a converter, which is noticed before anything else', async () => {
    const { session, peer } = sessionRig()
    await expect(session.sendSerialized(1)).rejects.toThrow(WebsocketConverterNotFoundException)
    session.terminate()
    await expect(session.sendSerialized(1)).rejects.toThrow(
      'no converter was found: give the session, route or client a contentConverter',
    )
    expect(peer.received()).toBe('')
  })

  it('is what the converter refuses, and nothing is sent', async () => {
    const { session, peer } = jsonRig()
    await expect(session.sendSerialized(undefined)).rejects.toThrow('JSON has no undefined')
    expect(peer.received()).toBe('')
  })

  it('is anything once the session is closed, without an unhandled rejection', async () => {
    const { session } = jsonRig()
    session.terminate()
    void session.sendSerialized(1)
    void sessionRig().session.sendSerialized(1)
    expect(await stateOf(session.sendSerialized(1))).toBe('rejected: WebSocketClosedException')
  })
})

describe('what is no value', () => {
  it('is everything without a converter, and no frame is taken', async () => {
    const { session, peer } = sessionRig()
    peer.send(text('1'))
    await expect(session.receiveDeserialized()).rejects.toThrow(WebsocketConverterNotFoundException)
    expect(arrived(session.incoming)).toEqual(['text 1'])
  })

  it('is all that comes in fragments, whose bytes could be those of another value, and no frame is taken', async () => {
    const options = { contentConverter: converterOf(json), fragments: true }
    const { session, peer } = sessionRig(options, { mode: 'fragments' })
    peer.send('81 81 00000000 31')
    await expect(session.receiveDeserialized()).rejects.toThrow(
      new TypeError('a fragment is no message: leave out the option fragments'),
    )
    expect(arrived(session.incoming)).toEqual(['text 1'])
  })

  it('is a fragment of a session with a channel of its own: taken, and in the exception', async () => {
    const options = { contentConverter: converterOf(json), fragments: true }
    const { session, peer } = sessionRig(options, { mode: 'fragments' })
    peer.send('01 81 00000000 31 80 81 00000000 32')
    const error = await failure(new OwnChannel(session).receiveDeserialized())
    expect(error.message).toBe(
      'cannot read the frame: a fragment is no message: leave out the option fragments',
    )
  })

  it('is a frame that the converter does not read: taken, and in the exception', async () => {
    const { session, peer } = jsonRig()
    peer.send('82 81 00000000 31')
    peer.send(text('1'))
    const error = await failure(session.receiveDeserialized())
    expect(error.message).toBe('cannot read the frame: the converter does not read binary frames')
    expect(hex(error.frame.data)).toBe('31')
    expect(error).toBeInstanceOf(WebSocketException)
    expect(error.code).toBe('ERR_WEBSOCKET_DESERIALIZE')
    expect(await session.receiveDeserialized()).toBe(1)
  })

  it('is what the format cannot read, with what the format says for the cause', async () => {
    const { session, peer } = jsonRig()
    peer.send(text('{'))
    const error = await failure(session.receiveDeserialized())
    expect(error.message).toBe('cannot read the frame: json: the content is not JSON')
    expect(error.cause).toMatchObject({ name: 'FormatFailure' })
    expect(hex(error.frame.data)).toBe('7b')
  })

  it('is a frame for which isApplicable throws', async () => {
    const broken = new Error('broken')
    const { session, peer } = jsonRig({
      ...converterOf(json),
      isApplicable() {
        throw broken
      },
    })
    peer.send(text('1'))
    const error = await failure(session.receiveDeserialized())
    expect(error).toMatchObject({ message: 'cannot read the frame: broken', cause: broken })
    expect(hex(error.frame.data)).toBe('31')
  })

  it('is what its schema refuses, null among it, with the issues for the cause', async () => {
    const { session, peer } = jsonRig()
    peer.send(text('{"to":4}'))
    peer.send(text('null'))
    const error = await failure(session.receiveDeserialized(Move))
    expect(error.message).toContain('the value does not fit its schema: to: ')
    expect(error.cause).toMatchObject([{ path: ['to'] }])
    expect((await failure(session.receiveDeserialized(Move))).message).toContain('null')
  })

  it('is told on one line, cut short, whatever the schema is of and the peer has sent', async () => {
    const { session, peer } = jsonRig()
    peer.send(text('4'))
    const whole = await failure(session.receiveDeserialized(type('string')))
    expect(whole.message).toBe('the value does not fit its schema: must be a string (was a number)')
    peer.send(text(JSON.stringify({ 'a\n\u202e': Array.from({ length: 9 }, () => 4) })))
    const Names = z.record(z.string(), z.array(z.string()))
    const { message } = await failure(session.receiveDeserialized(Names))
    expect(message).toContain(String.raw`schema: a\u000a\u202e.0: `)
    expect(message).toMatch(/; and 6 more$/)
  })

  it('is what makes its schema fail', async () => {
    const { session, peer } = jsonRig()
    peer.send(text('1'))
    const broken = z.number().transform((): number => {
      throw new TypeError('broken')
    })
    const error = await failure(session.receiveDeserialized(broken))
    expect(error).toMatchObject({
      message: 'the schema failed: broken',
      cause: { name: 'TypeError' },
    })
  })

  it('is the end of the session, told as incoming tells it', async () => {
    const { session, peer } = jsonRig()
    const waiting = session.receiveDeserialized()
    peer.send('88 82 00000000 03e8')
    await expect(waiting).rejects.toMatchObject({ name: 'WebSocketClosedException' })
    await expect(session.receiveDeserialized()).rejects.toMatchObject({ reason: { code: 1000 } })
  })
})
