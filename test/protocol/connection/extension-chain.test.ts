import { describe, expect, it } from 'vitest'
import {
  ExtensionFailure,
  type WebSocketExtension,
} from '../../../src/protocol/extension/extension.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { held } from '../../support/held.ts'
import { bytes, hex } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'

type Lent = (frame: Frame, scratch: Uint8Array<ArrayBuffer>) => Frame

/** An extension that borrows, and fails where nothing is lent. */
function borrowing(out: Lent, into: Lent = out): WebSocketExtension {
  const lent = (step: Lent) => (frame: Frame, scratch?: Uint8Array<ArrayBuffer>) => {
    if (scratch === undefined) throw new Error('nothing was lent')
    return step(frame, scratch)
  }
  return {
    name: 'borrows',
    config: undefined,
    borrows: true,
    processOutgoingFrame: lent(out),
    processIncomingFrame: lent(into),
  }
}

const same: Lent = (frame) => frame

/** A frame like another, with other octets and perhaps RSV1. */
const withData = (frame: Frame, data: Uint8Array<ArrayBuffer>, rsv1: boolean): Frame =>
  Frame.byType(true, frame.frameType, data, rsv1)

/** Turns every bit round, in the memory that is lent. */
const flip: Lent = (frame, scratch) => {
  frame.data.forEach((octet, i) => {
    scratch[i] = octet ^ 0xff
  })
  return withData(frame, scratch.subarray(0, frame.data.length), !frame.rsv1)
}

const client = (extensions: readonly WebSocketExtension[]): Machine =>
  new Machine({ role: 'client', reserved: 0x40, extensions })

describe('an extension that borrows', () => {
  it('is lent what is sent, and what it returns is written at once', () => {
    const seen: Frame[] = []
    const machine = client([
      borrowing((frame, scratch) => {
        seen.push(frame)
        return flip(frame, scratch)
      }),
    ])
    const payload = bytes('01 02')
    machine.connection.binary(payload, true)
    machine.connection.text('a', 1)
    machine.connection.binary(held(bytes('ee')), true)
    const sent = machine.sent()
    expect(sent.map(({ rsv, opcode, payload }) => [rsv, opcode, hex(payload)])).toEqual([
      [4, 2, 'fefd'],
      [4, 1, '9e'],
      [4, 2, '11'],
    ])
    expect(seen[0]?.data.buffer).toBe(payload.buffer)
  })

  it('is lent what came in, and what it returns is lent on', () => {
    const machine = client([borrowing(flip)])
    machine.receive('c1 01 9e  c2 02 fefd  41 01 9e  80 01 9d')
    expect(machine.log).toEqual(['text "a"', 'binary 0102', 'text "ab"'])
    expect(machine.sink.hints).toEqual(Array(3).fill({ ascii: false, owned: false }))
  })

  it('may leave a message as it is: then it is lent, or given away, as it came', () => {
    const machine = new Machine({ extensions: [borrowing(same)] })
    machine.receive('81 81 00000000 61')
    machine.receive('02 81 00000000 61  80 81 00000000 62')
    expect(machine.log).toEqual(['text "a"', 'binary 6162'])
    expect(machine.sink.hints.map(({ owned }) => owned)).toEqual([false, true])
  })

  it('may return a part of what it is lent, or what is its own', () => {
    const part: Lent = (frame) => withData(frame, frame.data.subarray(1), false)
    const parts = client([borrowing(part)])
    parts.receive('c2 02 0102')
    expect(parts.log).toEqual(['binary 02'])
    expect(parts.sink.hints[0]?.owned).toBe(false)
    const own = client([borrowing((frame) => withData(frame, bytes('01 02 03'), false))])
    own.receive('c2 01 00')
    expect(own.log).toEqual(['binary 010203'])
    expect(own.sink.hints[0]?.owned).toBe(true)
  })

  it('is lent nothing beside another one', () => {
    const lent: unknown[] = []
    const spy: WebSocketExtension = {
      ...borrowing(same),
      processOutgoingFrame(frame, scratch) {
        lent.push(scratch)
        return frame
      },
      processIncomingFrame(frame, scratch) {
        lent.push(scratch, frame.data.byteOffset)
        return frame
      },
    }
    const other = { ...spy, name: 'other', borrows: false }
    const machine = client([spy, other])
    machine.connection.text('a', -1)
    machine.receive('82 01 61')
    expect(lent).toEqual([undefined, undefined, undefined, 0, undefined, 0])
    expect(machine.sink.hints[0]?.owned).toBe(true)
  })

  it('has memory of its own for each message, also where a receiver sends or another connection receives', () => {
    const [outer, inner] = [client([borrowing(flip)]), client([borrowing(flip)])]
    const told: string[] = []
    inner.sink.onLine = (line) => told.push(line)
    outer.sink.onMessage = (_, lent, start, end) => {
      outer.connection.text('zzzz', -1)
      inner.connection.binary(bytes('33 44 55 66'), false)
      inner.receive('c2 04 00112233')
      told.push(hex(lent.subarray(start, end)))
      outer.connection.binary(lent.subarray(start, end), false)
    }
    outer.receive('c2 04 fefdfcfb')
    expect(told).toEqual(['binary ffeeddcc', '01020304'])
    expect(outer.sent().map(({ payload }) => hex(payload))).toEqual(['85858585', 'fefdfcfb'])
    expect(inner.sent().map(({ payload }) => hex(payload))).toEqual(['ccbbaa99'])
  })

  it('has memory of its own where it sends while a message is sent', () => {
    const other = client([borrowing(flip)])
    const machine = client([
      borrowing((frame, scratch) => {
        other.connection.text('zzzz', -1)
        return flip(frame, scratch)
      }),
    ])
    machine.connection.text('abcd', -1)
    expect(machine.sent().map(({ payload }) => hex(payload))).toEqual(['9e9d9c9b'])
  })

  it('may fail like any other', () => {
    const fail: Lent = () => {
      throw new ExtensionFailure(1007, 'no')
    }
    const incoming = client([borrowing(flip, fail)])
    incoming.receive('c2 01 00')
    expect(incoming.log.at(-1)).toBe('end 1007')
    const outgoing = client([borrowing(fail)])
    outgoing.connection.text('a', -1)
    expect(outgoing.log.at(-1)).toBe('end 1007')
  })
})
