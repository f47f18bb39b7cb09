import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { type Cuts, cutAt, cuts } from '../../support/cuts.ts'
import { hex, joined } from '../../support/hex.ts'
import { Machine, type MachineOptions } from '../../support/machine.ts'
import { messages } from '../../support/messages.ts'
import { showFrame } from '../../support/show-frame.ts'
import { encodeWire } from '../../support/wire.ts'

/** A frame of any kind, mostly a legal one by itself. */
const anyFrame = fc
  .record({
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
    opcode: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0, 0, 1, 2, 9, 10) },
      { weight: 1, arbitrary: fc.nat(15) },
    ),
    payload: fc.oneof(
      fc.string({ maxLength: 10 }),
      fc.constantFrom('é', '€', '😀'.repeat(20), 'a'.repeat(126)),
      fc.uint8Array({ maxLength: 6 }),
    ),
    key: fc.oneof(
      { weight: 30, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  })
  .map(({ key, ...frame }) => encodeWire(key === undefined ? frame : { ...frame, key }))

/** A conversation that is legal up to where one octet of it may have been spoilt. */
const conversation = fc
  .record({
    all: messages,
    key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    close: fc.boolean(),
    spoilt: fc.option(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255))),
  })
  .map(({ all, key, close, spoilt }) => {
    const content = joined(
      ...[...all.flat(), ...(close ? [new Frame.Close()] : [])].map((frame, i, frames) =>
        encodeWire({
          fin: frame.fin,
          opcode: isContinuation(frames, i) ? 0 : frame.frameType.opcode,
          payload: frame.data,
          key,
        }),
      ),
    )
    if (spoilt !== null && content.length > 0) {
      content[Math.floor(spoilt[0] * (content.length - 1))] = spoilt[1]
    }
    return content
  })

/** True when the data frame before this one was not the last of its message. */
function isContinuation(frames: readonly Frame[], index: number): boolean {
  if (frames[index]!.frameType.controlFrame) return false
  const before = frames.slice(0, index).findLast((frame) => !frame.frameType.controlFrame)
  return before !== undefined && !before.fin
}

const anyBytes = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
  { weight: 3, arbitrary: fc.array(anyFrame, { maxLength: 12 }).map((all) => joined(...all)) },
  { weight: 4, arbitrary: conversation },
)

const options: fc.Arbitrary<MachineOptions> = fc.record({
  role: fc.constantFrom('server', 'client'),
  mode: fc.constantFrom('messages', 'frames'),
  masked: fc.constantFrom({ incoming: true, outgoing: false }, { incoming: true, outgoing: true }),
  limits: fc.constantFrom({}, { maxFrameSize: 20, maxMessageSize: 30, maxEmptyFragments: 1 }),
})

/** All that can be seen of a connection that was fed these pieces. */
function fed(pieces: readonly Uint8Array[], settings: MachineOptions): unknown {
  const machine = new Machine(settings)
  const taken = pieces.map((piece) => machine.receive(piece) === piece.length)
  expect(taken).not.toContain(false)
  return seen(machine)
}

function seen(machine: Machine): unknown {
  const sent = machine.sent().map(({ fin, opcode, payload }) => [fin, opcode, hex(payload)])
  const { record, state } = machine.connection
  return { log: machine.log, sent, record, state }
}

describe('a connection that is fed any bytes', () => {
  it('tells, sends and records the same however they are cut, and never throws', () => {
    fc.assert(
      fc.property(anyBytes, cuts, options, (content, at, settings) => {
        expect(fed(cutAt(content, at), settings)).toEqual(fed([content], settings))
      }),
      { numRuns: 600 },
    )
  })

  it('tells the same when others are fed in between, or while it tells', () => {
    const peers = fc.array(fc.tuple(anyBytes, cuts, options), { minLength: 2, maxLength: 3 })
    fc.assert(
      fc.property(peers, fc.boolean(), (all, within) => {
        const fedInTurn = all.map(([content, at, settings]) => ({
          machine: new Machine(settings),
          pieces: cutAt(content, at),
        }))
        const feed = (index: number): void => {
          const { machine, pieces } = fedInTurn[index % fedInTurn.length]!
          const [piece] = machine.connection.receiving ? [] : pieces.splice(0, 1)
          if (piece !== undefined) machine.receive(piece)
        }
        if (within) {
          for (const [index, { machine }] of fedInTurn.entries()) {
            machine.sink.onLine = () => feed(index + 1)
          }
        }
        while (fedInTurn.some(({ pieces }) => pieces.length > 0)) {
          for (const index of fedInTurn.keys()) feed(index)
        }
        for (const [index, [content, , settings]] of all.entries()) {
          expect(seen(fedInTurn[index]!.machine)).toEqual(fed([content], settings))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('tells nothing after the end, and ends once', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, options, (first, second, settings) => {
        const machine = new Machine(settings)
        machine.receive(first)
        machine.receive(second)
        machine.connection.lost(undefined)
        machine.receive(second)
        const ends = machine.log.filter((line) => line.startsWith('end '))
        expect(ends).toHaveLength(1)
        expect(machine.log.at(-1)).toBe(ends[0])
        expect(machine.connection.record).toBe(machine.sink.records[0])
      }),
    )
  })

  it('stops and goes on anywhere, and tells the same', () => {
    fc.assert(
      fc.property(anyBytes, options, (content, settings) => {
        const machine = new Machine(settings)
        machine.sink.onLine = () => {
          machine.connection.paused = true
        }
        let rest = content
        while (rest.length > 0) {
          const taken = machine.receive(rest)
          if (taken < rest.length) expect(machine.connection.paused).toBe(true)
          rest = rest.subarray(taken)
          machine.connection.paused = false
        }
        const whole = new Machine(settings)
        whole.receive(content)
        expect(machine.log).toEqual(whole.log)
      }),
    )
  })
})

describe('two connections', () => {
  /** What one hears when the other sends these frames. */
  function heard(
    all: readonly (readonly Frame[])[],
    from: MachineOptions,
    to: MachineOptions,
    at: Cuts,
  ): readonly string[] {
    const sender = new Machine(from)
    for (const frame of all.flat()) sender.connection.frame(frame)
    const receiver = new Machine(to)
    for (const piece of cutAt(sender.output.take(), at)) receiver.receive(piece)
    return receiver.log
  }

  const roles = fc.constantFrom<readonly ['server', 'client'] | readonly ['client', 'server']>(
    ['server', 'client'],
    ['client', 'server'],
  )

  it('understand any messages in any fragments, masked or not, cut anywhere', () => {
    fc.assert(
      fc.property(messages, roles, cuts, (all, [from, to], at) => {
        const expected = all.flatMap((frames) => {
          const data = frames.filter((frame) => !frame.frameType.controlFrame)
          const payload = joined(...data.map((frame) => frame.data))
          const whole =
            data[0]!.type === 'text'
              ? `text ${JSON.stringify(new TextDecoder().decode(payload))}`
              : `binary ${hex(payload)}`
          // Control frames stand in front of the last fragment.
          return [...frames.filter((frame) => frame.frameType.controlFrame).map(line), whole]
        })
        expect(heard(all, { role: from }, { role: to }, at)).toEqual(expected)
      }),
    )
  })

  it('hand over any frames one by one in frame mode', () => {
    fc.assert(
      fc.property(messages, roles, cuts, (all, [from, to], at) => {
        const expected = all.flat().map((frame) => `frame ${showFrame(frame)}`)
        expect(heard(all, { role: from }, { role: to, mode: 'frames' }, at)).toEqual(expected)
      }),
    )
  })
})

function line(frame: Frame): string {
  return `${frame.type} ${hex(frame.data)}`.trimEnd()
}
