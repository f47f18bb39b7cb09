import { type WebSocketExtensionFactory, WebSocketExtensions } from 'antiphon'
import { createNodeZlib } from 'antiphon/node'
import { type ConnectionLimits, portablePorts, type Role, SERVER_LIMITS } from 'antiphon/protocol'
import fc from 'fast-check'
import { agree } from '../support/agreement.ts'
import { cut, fromHex, joined } from '../support/bytes.ts'
import { promised, same } from '../support/promise.ts'
import { WatchedConnection, type WatchOptions } from '../support/watched-connection.ts'
import { frames } from '../support/wire-frames.ts'
import { readWithWs } from '../support/ws-receiver.ts'
import type { Target } from '../target.ts'

const SMALL: ConnectionLimits = {
  maxFrameSize: 20,
  maxMessageSize: 20,
  maxEmptyFragments: 2,
  maxPendingPongs: 2,
}
const zlib = createNodeZlib()
const ports = { ...portablePorts, zlib }
const deflate = WebSocketExtensions.deflate({
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
})

/** In the first octet of an input. */
const Option = { SMALL: 1, FRAMES: 2, DEFLATE: 4 } as const

/**
 * A connection of one role. The first octet chooses limits, mode and extension, the second how the rest, which is what
 * the peer sends, is cut.
 */
export function connection(role: Role): Target {
  return {
    name: `${role}-connection`,
    seeds: seedsOf(role),
    words: WORDS,
    inputs: fc
      .tuple(fc.nat(7), fc.nat(255), frames(role === 'server'))
      .map(([options, at, bytes]) => joined(Uint8Array.of(options, at), bytes)),
    check(input) {
      const [options = 0, at = 0] = input
      const bytes = input.subarray(2)
      const whole = fresh(role, options).feed([Uint8Array.from(bytes)])
      const inPieces = fresh(role, options).feed(cut(bytes, at))
      same(inPieces.told, whole.told, 'it tells the same however it is cut')
      promised((whole.connection.record === undefined) === (whole.ends === 0), 'a record is an end')
      whole.connection.lost(undefined)
      inPieces.connection.lost(undefined)
      promised(whole.ends === 1, 'it ends when the transport does')
      if ((options & (Option.FRAMES | Option.DEFLATE)) === 0) {
        const { maxMessageSize } = options & Option.SMALL ? SMALL : SERVER_LIMITS
        const reading = readWithWs(bytes, {
          isServer: role === 'server',
          maxPayload: maxMessageSize,
        })
        if (!whole.violation?.message.includes('empty fragments')) agree(whole, reading, bytes)
      }
    },
  }
}

function fresh(role: Role, options: number): WatchedConnection {
  const limits = { ...(options & Option.SMALL ? SMALL : SERVER_LIMITS) }
  const watch: WatchOptions = {
    role,
    limits,
    ports,
    mode: options & Option.FRAMES ? 'frames' : 'messages',
  }
  if ((options & Option.DEFLATE) === 0 || options & Option.FRAMES)
    return new WatchedConnection(watch)
  const extension = negotiated(deflate, role, limits)
  return new WatchedConnection({ ...watch, extensions: [extension], reserved: 0x40 })
}

function negotiated(
  factory: WebSocketExtensionFactory,
  role: Role,
  limits: ConnectionLimits,
): NonNullable<WatchOptions['extensions']>[number] {
  const context = { role, limits, zlib }
  const offer = { name: factory.name, parameters: [] }
  const made =
    role === 'server'
      ? factory.negotiate([offer], context)?.extension
      : factory.accepted(offer, context)
  promised(made !== undefined && typeof made !== 'string', 'a plain offer is accepted')
  return made
}

/** With the key 00000000 where a client sends. */
function seedsOf(role: Role): Uint8Array[] {
  const lines = [
    '00 00 | 81 05 48 65 6c 6c 6f | 82 02 00 ff | 89 00 | 8a 01 61',
    '00 01 | 01 01 61 | 89 01 70 | 00 01 62 | 80 01 63 | 88 02 03 e8',
    '01 02 | 01 00 | 00 00 | 00 00 | 80 00',
    '01 03 | 82 15 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
    '02 04 | 41 01 61 | 20 01 62 | 88 00',
    '04 05 | c1 07 f2 48 cd c9 c9 07 00 | c1 05 f2 00 11 00 00',
    '05 06 | c2 07 f2 48 cd c9 c9 07 00',
    '00 07 | 81 03 e2 82 ac | 01 02 e2 82 | 80 01 ac | 01 01 f4 | 80 01 90',
    '00 08 | 88 05 03 e8 62 79 65 | 81 01 61',
    '00 09 | 88 02 03 ed',
  ]
  return lines.map((line) => {
    const [head = '', ...all] = line.split('|')
    return joined(
      fromHex(head),
      ...all.map((digits) => {
        const frame = fromHex(digits)
        if (role === 'client') return frame
        return Uint8Array.of(frame[0]!, frame[1]! | 0x80, 0, 0, 0, 0, ...frame.subarray(2))
      }),
    )
  })
}

const WORDS = [
  '00',
  '80',
  '81 80 00 00 00 00',
  '81 fe 00 7e 00 00 00 00',
  '82 ff 00 00 00 00 00 01 00 00 00 00 00 00',
  '80 80 00 00 00 00',
  '88 82 00 00 00 00 03 e8',
  '89 80 00 00 00 00',
  '81 00',
  '01 00',
  '80 00',
  '88 02 03 e8',
  'f2 48 cd c9 c9 07 00',
  '00 00 ff ff',
  'f0 9f 98 80',
  'ed a0 80',
].map(fromHex)
