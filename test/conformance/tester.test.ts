import { describe, expect, it } from 'vitest'
import type { Case } from '../../conformance/suite/case.ts'
import { close, fails, hears, ping, text, textEcho } from '../../conformance/suite/steps.ts'
import { cutFrames } from '../../conformance/tester/cut.ts'
import { Ear } from '../../conformance/tester/ear.ts'
import { encodeFrame } from '../../conformance/tester/encode.ts'
import { judge } from '../../conformance/tester/judge.ts'
import { runCase } from '../../conformance/tester/run-case.ts'
import type { Wire } from '../../conformance/tester/wire.ts'
import { bytes, hex, joined } from '../support/hex.ts'

const IN_TIME = { early: false, late: false }

/** An ear that heard these bytes, of a server unless told otherwise, and then the end. */
function heard(digits: string, masked = false): Ear {
  const ear = new Ear(masked, undefined)
  ear.hear(bytes(digits))
  ear.end('end')
  return ear
}

describe('the tester writes', () => {
  it.each([
    ['a masked frame', { opcode: 1, payload: 'Hi' }, '81 82 01020304 496b'],
    ['fragments and reserved bits', { opcode: 0, fin: false, rsv: 5 }, '50 80 01020304'],
    ['no mask where there must be one', { opcode: 9, wrongMask: true }, '89 00'],
    [
      'a length as wrong as can be',
      { opcode: 2, length: { octets: 2, value: 1n } } as const,
      '82 fe 0001 01020304',
    ],
  ])('%s', (_, frame, wire) => {
    expect(hex(encodeFrame(frame, 'client', bytes('01020304')))).toBe(hex(wire))
  })

  it('no mask as a server', () => {
    expect(hex(encodeFrame({ opcode: 1, payload: 'Hi' }, 'server', bytes('01020304')))).toBe(
      '81024869',
    )
  })

  it('the same bytes however it cuts them', () => {
    const frames = [bytes('01 02 03'), new Uint8Array(2000).fill(7), bytes('04')]
    for (const cut of ['as is', 'octets', 'random'] as const) {
      for (const chop of [undefined, 'frames', 5] as const) {
        const pieces = cutFrames(frames, cut, chop, 42)
        expect(hex(joined(...pieces))).toBe(hex(joined(...frames)))
      }
    }
    expect(cutFrames(frames, 'as is', undefined, 1)).toHaveLength(1)
    expect(cutFrames(frames, 'as is', 'frames', 1)).toHaveLength(3)
    expect(cutFrames([bytes('01 02 03')], 'octets', undefined, 1)).toHaveLength(3)
  })
})

describe('the tester hears', () => {
  it('messages, Pongs and the Close frame', () => {
    const ear = heard('01 01 61  8a 01 70  80 01 62  82 00  88 02 03e9')
    expect(ear.events).toEqual(['pong 70', textEcho('ab'), 'binary'])
    expect(ear.closeCode).toBe(1001)
    expect(ear.faults).toEqual([])
  })

  it.each([
    ['a masked frame of a server', '81 80 01020304', false],
    ['a frame of a client that is not masked', '81 00', true],
    ['a key that is used again', '81 80 01020304 81 80 01020304', true],
    ['a reserved bit', 'c1 00', false],
    ['a reserved opcode', '83 00', false],
    ['a long length for a short payload', '81 7e 0001 61', false],
    ['a continuation of nothing', '80 00', false],
    ['a message within a message', '01 00 81 00', false],
    ['a control frame in fragments', '09 00', false],
    ['text that is not UTF-8', '81 01 ff', false],
    ['a close reason that is not UTF-8', '88 03 03e8 ff', false],
    ['a Close of one octet', '88 01 03', false],
    ['a frame after the Close', '88 00 81 00', false],
    ['half a frame', '81 02 61', false],
  ])('%s as a fault', (_, digits, masked) => {
    const ear = heard(digits, masked)
    expect(ear.faults).toHaveLength(1)
    expect(judge(hears(), ear, IN_TIME).outcome).toBe('FAILED')
  })
})

describe('the judge', () => {
  const echo = textEcho('a')

  it.each([
    ['an echo and a clean end', hears(echo), '81 01 61 88 02 03e8', 'OK'],
    ['no echo', hears(echo), '88 02 03e8', 'FAILED'],
    ['another echo', hears(echo), '82 01 61 88 02 03e8', 'FAILED'],
    ['an echo too many', hears(), '81 01 61 88 02 03e8', 'FAILED'],
    ['another code', hears(echo), '81 01 61 88 02 03e9', 'FAILED'],
    ['no Close frame', hears(echo), '81 01 61', 'FAILED'],
    ['the right code for a failure', fails(1002), '88 02 03ea', 'OK'],
    ['the wrong code for a failure', fails(1002), '88 02 03e8', 'FAILED'],
    ['a failure without a Close frame', fails(1002), '', 'NON-STRICT'],
    ['a failure without the echo before', fails(1002, [echo], [[]]), '88 02 03ea', 'NON-STRICT'],
  ])('sees %s', (_, expected, digits, outcome) => {
    expect(judge(expected, heard(digits), IN_TIME).outcome).toBe(outcome)
  })

  it('sees what came too early, or late', () => {
    const ear = heard('88 02 03ea')
    expect(judge(fails(1002), ear, { early: true, late: false }).outcome).toBe('FAILED')
    expect(judge(fails(1002), ear, { early: false, late: true }).outcome).toBe('NON-STRICT')
  })

  it('sees a transport that stays open', () => {
    const ear = new Ear(false, undefined)
    expect(judge(hears(), ear, IN_TIME).outcome).toBe('FAILED')
    ear.hear(bytes('88 02 03e8'))
    expect(judge(hears(), ear, IN_TIME).outcome).toBe('FAILED')
    ear.end('end')
    expect(judge(hears(), ear, IN_TIME).outcome).toBe('OK')
  })
})

describe('a run', () => {
  /** A peer that says the same whatever it hears. */
  function deafPeer(answer: string): Wire & { readonly written: string[] } {
    const ear = new Ear(false, undefined)
    const written: string[] = []
    return {
      tester: 'client',
      ear,
      codec: undefined,
      written,
      async write(piece) {
        written.push(hex(piece))
        if (written.length > 1) return
        ear.hear(bytes(answer))
        if (ear.closeCode !== undefined) ear.end('end')
      },
      end() {},
      destroy() {},
      until: async (done) => done(),
    }
  }

  const test: Case = {
    id: '0.1',
    title: '',
    rfc: '5',
    send: [text('a'), ping()],
    expect: hears(textEcho('a'), 'pong'),
  }

  it('sends all in one piece, then a Close', async () => {
    const wire = deafPeer('81 01 61 8a 00')
    expect(await runCase(test, wire, 'as is')).toMatchObject({ outcome: 'FAILED' })
    expect(wire.written.map((piece) => piece.length / 2)).toEqual([7 + 6, 8])
  })

  it('sends no Close of its own when the case has one', async () => {
    const wire = deafPeer('88 02 03e8')
    const verdict = await runCase({ ...test, send: [close(1000)], expect: hears() }, wire, 'as is')
    expect(verdict).toEqual({ outcome: 'OK', why: '' })
    expect(wire.written).toHaveLength(1)
  })

  it('notices a peer that keeps silent where it should fail', async () => {
    const wire = deafPeer('')
    const verdict = await runCase({ ...test, expect: fails(1002) }, wire, 'octets')
    expect(verdict.outcome).toBe('FAILED')
  })
})
