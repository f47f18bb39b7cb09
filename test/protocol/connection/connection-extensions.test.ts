import { describe, expect, it } from 'vitest'
import { NORMAL } from '../../../src/protocol/close/reason.ts'
import {
  ExtensionFailure,
  type WebSocketExtension,
} from '../../../src/protocol/extension/extension.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { held } from '../../support/held.ts'
import { bytes, hex, joined } from '../../support/hex.ts'
import { Machine, type MachineOptions } from '../../support/machine.ts'
import { encodeWire } from '../../support/wire.ts'

type Step = (frame: Frame) => Frame

function extension(name: string, out: Step, into: Step, close?: () => void): WebSocketExtension {
  return {
    name,
    config: undefined,
    processOutgoingFrame: out,
    processIncomingFrame: into,
    ...(close && { close }),
  }
}

const same: Step = (frame) => frame

/** A frame like another, with other octets and perhaps RSV1. */
const withData = (frame: Frame, data: Uint8Array<ArrayBuffer>, rsv1: boolean): Frame =>
  Frame.byType(true, frame.frameType, data, rsv1)

/** Appends its octet to what goes out, and takes it from what comes in. */
function tagging(tag: number): WebSocketExtension {
  return extension(
    `tag-${tag}`,
    (frame) => withData(frame, Uint8Array.of(...frame.data, tag), true),
    (frame) => {
      if (frame.data.at(-1) !== tag) throw new ExtensionFailure(1010, `no tag ${tag}`)
      return withData(frame, frame.data.slice(0, -1), false)
    },
  )
}

const client = (extensions: readonly WebSocketExtension[], options: MachineOptions = {}): Machine =>
  new Machine({ role: 'client', reserved: 0x40, extensions, ...options })

describe('extensions', () => {
  it('see what goes out in the order of negotiation, what comes in in reverse', () => {
    const machine = client([tagging(1), tagging(2)])
    machine.connection.binary(bytes('ff'), false)
    machine.connection.text('a', -1)
    machine.connection.binary(held(bytes('ee'), true), true)
    const sent = machine.sent()
    expect(sent.map(({ rsv, opcode, payload }) => [rsv, opcode, hex(payload)])).toEqual([
      [4, 2, 'ff0102'],
      [4, 1, '610102'],
      [4, 2, 'ee0102'],
    ])
    machine.receive('c2 03 ff0102  c1 03 610102')
    expect(machine.log).toEqual(['binary ff', 'text "a"'])
  })

  it('see whole messages, with the reserved bits of the first fragment', () => {
    const seen: string[] = []
    const machine = client([
      extension('spy', same, (frame) => {
        seen.push(`${frame.type} ${frame.fin} ${frame.rsv1} ${frame.rsv2} ${hex(frame.data)}`)
        return frame
      }),
    ])
    machine.receive('41 01 61  89 00  00 01 62  80 00')
    machine.receive('82 01')
    machine.receive('07')
    machine.receive('01 00 80 01 61')
    expect(seen).toEqual([
      'text true true false 6162',
      'binary true false false 07',
      'text true false false 61',
    ])
    expect(machine.log).toEqual(['ping', 'text "ab"', 'binary 07', 'text "a"'])
  })

  it('are given copies of the bytes to send, for them to keep', () => {
    const kept: Frame[] = []
    const machine = client([
      extension(
        'keep',
        (frame) => {
          kept.push(frame)
          return frame
        },
        same,
      ),
    ])
    const payload = bytes('01 02')
    machine.connection.binary(payload, true)
    payload.fill(0)
    expect(kept[0]?.data).toEqual(bytes('01 02'))
  })

  it('do not see control frames, nor frames that are sent as they are', () => {
    const machine = client([tagging(1)])
    machine.connection.frame(new Frame.Text('a', false))
    machine.connection.frame(new Frame.Ping())
    machine.receive('8a 01 70')
    expect(machine.sent().map(({ rsv, opcode }) => [rsv, opcode])).toEqual([
      [0, 1],
      [0, 9],
    ])
    expect(machine.log).toEqual(['pong 70'])
  })

  it('may close while a message goes out, and then it does not', () => {
    const closing: Step = (frame) => {
      machine.connection.close(NORMAL)
      return frame
    }
    const machine = client([extension('closing', closing, same)])
    machine.connection.text('a', -1)
    expect(machine.sent().map(({ opcode }) => opcode)).toEqual([8])
  })

  it('are let go once, at the end', () => {
    let closed = 0
    const machine = client([tagging(1), extension('held', same, same, () => closed++)])
    machine.receive('88 02 03e8')
    machine.connection.lost(undefined)
    expect(closed).toBe(1)
  })
})

describe('text behind an extension', () => {
  it('is looked at when it has come out, not before', () => {
    const flip: Step = (frame) =>
      withData(
        frame,
        frame.data.map((octet) => octet ^ 0xff),
        false,
      )
    const machine = client([extension('flip', same, flip)])
    machine.receive('41 01 9e  80 01 9d')
    expect(machine.log).toEqual(['text "ab"'])
    machine.receive('c1 01 00')
    expect(machine.log.slice(1)).toEqual(['violation 1007 text that is not UTF-8', 'end 1007'])
  })

  it('that it leaves alone is looked at as it comes', () => {
    const machine = client([tagging(1)])
    machine.receive('01 01 61  00 01 ff')
    expect(machine.log).toEqual(['violation 1007 text that is not UTF-8', 'end 1007'])
  })

  it('that it leaves alone behind a reserved bit is looked at, too', () => {
    const machine = client([extension('idle', same, same)])
    machine.receive('c1 01 ff')
    expect(machine.log).toEqual(['violation 1007 text that is not UTF-8', 'end 1007'])
  })

  it('that it changes without a reserved bit is looked at all the same', () => {
    const spoil: Step = (frame) => withData(frame, bytes('61 ff'), false)
    const machine = client([extension('spoil', same, spoil)])
    machine.receive('81 01 61')
    expect(machine.log).toEqual(['violation 1007 text that is not UTF-8', 'end 1007'])
  })

  it('is not taken for ASCII when it is other text, left alone', () => {
    const machine = client([extension('idle', same, same)])
    machine.receive('81 02 c3a9')
    expect(machine.log).toEqual(['text "é"'])
    expect(machine.sink.hints[0]?.ascii).toBe(false)
  })

  it('is not taken for ASCII when it was changed', () => {
    const accent: Step = (frame) => withData(frame, bytes('c3a9'), false)
    const machine = new Machine({ extensions: [extension('accent', same, accent)] })
    machine.receive('81 81 00000000 61')
    expect(machine.log).toEqual(['text "é"'])
    expect(machine.sink.hints).toEqual([{ ascii: false, owned: true }])
    const plain = new Machine({ extensions: [extension('plain', same, same)] })
    plain.receive('81 81 00000000 61')
    expect(plain.sink.hints).toEqual([{ ascii: true, owned: true }])
  })
})

describe('limits behind an extension', () => {
  it('hold for what comes out, inclusively', () => {
    let size = 10
    const grow: Step = (frame) => withData(frame, new Uint8Array(size), false)
    const machine = client([extension('grow', same, grow)], { limits: { maxMessageSize: 10 } })
    machine.receive('c2 01 00')
    expect(machine.log).toEqual([`binary ${'00'.repeat(10)}`])
    size = 11
    machine.receive('c2 01 00')
    expect(machine.log.slice(1)).toEqual([
      'violation 1009 a message of 11 bytes: the limit is 10',
      'end 1009',
    ])
    expect(machine.sink.violations[0]?.size).toBe(11)
  })

  const shrink: Step = (frame) => withData(frame, new Uint8Array(), false)

  it.each([
    ['message', { maxMessageSize: 1024 }],
    ['frame', { maxFrameSize: 1024 }],
  ])(
    'leave a seventh and 64 octets for a %s that was packed and did not shrink',
    (what, limits) => {
      const room = 1024 + Math.ceil(1024 / 7) + 64
      const machine = client([extension('shrink', same, shrink)], { limits })
      machine.receive(encodeWire({ rsv: 4, opcode: 2, payload: new Uint8Array(room) }))
      expect(machine.log).toEqual(['binary '])
      machine.receive(encodeWire({ rsv: 4, opcode: 2, payload: new Uint8Array(room + 1) }))
      expect(machine.log.slice(1)).toEqual([
        `violation 1009 a ${what} of ${room + 1} bytes: the limit is 1024`,
        'end 1009',
      ])
      const plain = client([extension('shrink', same, shrink)], { limits })
      plain.receive('82 7e 0401')
      expect(plain.log.at(-1)).toBe('end 1009')
    },
  )

  it('hold over fragments by the bits of the first', () => {
    const machine = client([extension('shrink', same, shrink)], { limits: { maxMessageSize: 8 } })
    const fragments = (last: number): Uint8Array =>
      joined(
        encodeWire({ fin: false, rsv: 4, opcode: 2, payload: new Uint8Array(8) }),
        encodeWire({ opcode: 0, payload: new Uint8Array(last) }),
      )
    machine.receive(fragments(66))
    expect(machine.log).toEqual(['binary '])
    machine.receive(fragments(67))
    expect(machine.log.at(-1)).toBe('end 1009')
  })
})

describe('extensions that cannot close', () => {
  const closed: string[] = []
  const failing = (thrown: unknown): WebSocketExtension =>
    extension('bad', same, same, () => {
      closed.push(String(thrown))
      throw thrown
    })

  it.each<[what: string, end: (machine: Machine) => void, log: string[]]>([
    [
      'a Close frame',
      ({ connection }) => connection.close(NORMAL),
      ['close 03e8', 'end 1000 held'],
    ],
    ['a lost transport', ({ connection }) => connection.lost(new Error('lost')), ['end 1006 held']],
  ])('are closed one and all by %s, and the end is told, with the first failure', (_, end, log) => {
    const machine = client([failing('held'), failing(new Error('too')), tagging(1)])
    end(machine)
    if (machine.connection.state === 'closing') machine.receive('88 02 03e8')
    expect(machine.log).toEqual(log)
    expect(machine.connection.state).toBe('closed')
    expect(closed.splice(0)).toEqual(['held', 'Error: too'])
  })
})

describe('an extension that fails', () => {
  const failing =
    (thrown: unknown): Step =>
    () => {
      throw thrown
    }

  it.each([
    ['its own failure', new ExtensionFailure(1009, 'too big inside'), 1009, 'too big inside'],
    ['any other error', new Error('secret detail'), 1011, 'Extension failed'],
    ['what is no error', 'secret detail', 1011, 'Extension failed'],
  ])('by %s closes with the right code, and no inner detail', (_, thrown, code, message) => {
    const cause = thrown instanceof Error ? thrown : new Error('secret detail')
    const incoming = client([extension('bad', same, failing(thrown))])
    incoming.receive('81 01 61')
    const outgoing = client([extension('bad', failing(thrown), same)])
    outgoing.connection.text('a', -1)
    for (const machine of [incoming, outgoing]) {
      expect(machine.sentClose()).toBe(code)
      expect(machine.log.at(-1)).toBe(`end ${code}`)
      expect(machine.connection.record).toMatchObject({ reason: { code, message } })
    }
    expect(outgoing.log).toHaveLength(1)
    expect(outgoing.connection.record).toMatchObject({ cause })
  })

  it('by what the peer sent, tells of a violation, with the size if there is one', () => {
    const failure = new ExtensionFailure(1009, 'too big inside', { size: 11 })
    const machine = client([extension('bad', same, failing(failure))])
    machine.receive('81 01 61')
    expect(machine.log).toEqual(['violation 1009 too big inside', 'end 1009'])
    expect(machine.sink.violations).toEqual([failure])
    expect(machine.sink.violations[0]?.size).toBe(11)
  })

  it('by itself, tells why', () => {
    const machine = client([extension('bad', same, failing(new Error('a fault')))])
    machine.receive('81 01 61')
    expect(machine.log).toEqual(['end 1011'])
    expect(machine.connection.record).toMatchObject({ cause: { message: 'a fault' } })
  })
})
