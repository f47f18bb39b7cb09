import { describe, expect, it } from 'vitest'
import { GrowingBuffer } from '../../../src/protocol/bytes/growing-buffer.ts'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import type { WebSocketExtension } from '../../../src/protocol/extension/extension.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../../../src/protocol/frame/limits.ts'
import { copiedBytes } from '../../support/copied-bytes.ts'
import { bytes, hex, joined } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'
import { encodeWire } from '../../support/wire.ts'

const KEY = bytes('37 fa 21 3d')

const frame = (opcode: number, length: number, fin = true): Uint8Array =>
  encodeWire({ fin, opcode, payload: new Uint8Array(length), key: KEY })

describe('the limits', () => {
  it('have the defaults of the documentation', () => {
    expect(SERVER_LIMITS).toEqual({
      maxFrameSize: 1_048_576,
      maxMessageSize: 1_048_576,
      maxEmptyFragments: 16_384,
      maxPendingPongs: 64,
    })
    expect(CLIENT_LIMITS).toEqual({
      maxFrameSize: Number.MAX_SAFE_INTEGER,
      maxMessageSize: 67_108_864,
      maxEmptyFragments: 16_384,
      maxPendingPongs: 64,
    })
  })

  it('belong to one connection, and may be changed while it is open', () => {
    const machine = new Machine({ limits: { maxFrameSize: 4 } })
    const other = new Machine()
    machine.connection.limits.maxFrameSize = 10
    machine.receive(frame(2, 10))
    expect(machine.log).toHaveLength(1)
    machine.connection.limits.maxFrameSize = 3
    machine.receive(frame(2, 4))
    expect(machine.sentClose()).toBe(1009)
    expect(other.connection.limits).toEqual(SERVER_LIMITS)
    expect(SERVER_LIMITS.maxFrameSize).toBe(1_048_576)
  })
})

describe('maxFrameSize', () => {
  it('is inclusive', () => {
    const machine = new Machine({ limits: { maxFrameSize: 1024 } })
    machine.receive(frame(2, 1024))
    expect(machine.log).toHaveLength(1)
    expect(machine.connection.state).toBe('open')
  })

  it('closes 1009 for one octet more, before the payload is read', () => {
    const machine = new Machine({ limits: { maxFrameSize: 1024 } })
    machine.receive('82 fe 0401 00000000')
    expect(machine.log).toEqual([
      'violation 1009 a frame of 1025 bytes: the limit is 1024',
      'end 1009',
    ])
    expect(machine.sink.violations[0]?.size).toBe(1025)
    expect(machine.sentClose()).toBe(1009)
  })

  it('closes 1009 and tells nothing of the payload that is there already', () => {
    const machine = new Machine({ limits: { maxFrameSize: 4 } })
    machine.receive(joined(frame(2, 5), frame(2, 1)))
    expect(machine.log).toEqual(['violation 1009 a frame of 5 bytes: the limit is 4', 'end 1009'])
  })

  it('holds for each fragment', () => {
    const machine = new Machine({ limits: { maxFrameSize: 4 } })
    machine.receive(joined(frame(2, 4, false), frame(0, 4, false)))
    expect(machine.log).toEqual([])
    machine.receive(frame(0, 5))
    expect(machine.log[0]).toBe('violation 1009 a frame of 5 bytes: the limit is 4')
  })

  it('does not hold for control frames', () => {
    const machine = new Machine({ limits: { maxFrameSize: 1, maxMessageSize: 1 } })
    machine.receive(frame(9, 125))
    expect(machine.log).toEqual([`ping ${'00'.repeat(125)}`])
  })
})

describe('maxMessageSize', () => {
  it('is inclusive, in one frame and over fragments', () => {
    const machine = new Machine({ limits: { maxMessageSize: 1024 } })
    machine.receive(frame(2, 1024))
    machine.receive(joined(frame(2, 1000, false), frame(9, 100), frame(0, 24)))
    expect(machine.log.map((line) => line.split(' ')[0])).toEqual(['binary', 'ping', 'binary'])
  })

  it('closes 1009 for one octet more, before the payload is read', () => {
    const machine = new Machine({ limits: { maxMessageSize: 1024 } })
    machine.receive('81 fe 0401 00000000')
    expect(machine.log).toEqual([
      'violation 1009 a message of 1025 bytes: the limit is 1024',
      'end 1009',
    ])
    expect(machine.sink.violations[0]?.size).toBe(1025)
    expect(machine.sentClose()).toBe(1009)
  })

  it('closes 1009 for the fragment that goes past it, before its payload is read', () => {
    const machine = new Machine({ limits: { maxMessageSize: 1024 } })
    machine.receive(frame(2, 1000, false))
    machine.receive('80 99 00000000')
    expect(machine.log).toEqual([
      'violation 1009 a message of 1025 bytes: the limit is 1024',
      'end 1009',
    ])
  })

  it('holds for each message anew', () => {
    const machine = new Machine({ limits: { maxMessageSize: 4 } })
    for (let i = 0; i < 3; i++) machine.receive(joined(frame(2, 2, false), frame(0, 2)))
    machine.receive(frame(2, 4))
    expect(machine.log).toHaveLength(4)
  })
})

describe('text', () => {
  const ports = { ...portablePorts, longestText: 4 }
  const TOO_LONG = ['violation 1009 a message of 5 bytes: the limit is 4', 'end 1009']

  it('may be as long as what can be decoded, whatever maxMessageSize says', () => {
    const machine = new Machine({ ports })
    machine.receive(joined(frame(1, 4), frame(1, 2, false), frame(0, 2)))
    expect(machine.log).toHaveLength(2)
    machine.receive('81 85 00000000')
    expect(machine.log.slice(2)).toEqual(TOO_LONG)
    expect(machine.sink.violations[0]?.size).toBe(5)
    expect(machine.sentClose()).toBe(1009)
  })

  it('closes 1009 for the fragment that goes past that, before its payload is read', () => {
    const machine = new Machine({ ports })
    machine.receive(frame(1, 3, false))
    machine.receive(joined(frame(9, 0), bytes('80 82 00000000')))
    expect(machine.log).toEqual(['ping', ...TOO_LONG])
  })

  it('has the smaller limit of the two', () => {
    const machine = new Machine({ ports, limits: { maxMessageSize: 3 } })
    machine.receive(frame(1, 4))
    expect(machine.log[0]).toBe('violation 1009 a message of 4 bytes: the limit is 3')
  })

  it('has the same limit once an extension has made it longer', () => {
    const doubling: WebSocketExtension = {
      name: 'doubling',
      config: undefined,
      processOutgoingFrame: (message) => message,
      processIncomingFrame: ({ frameType, data }) =>
        Frame.byType(true, frameType, joined(data, data)),
    }
    const machine = new Machine({ ports, extensions: [doubling] })
    machine.receive(joined(frame(1, 2), frame(2, 4)))
    expect(machine.log).toEqual([
      String.raw`text "\u0000\u0000\u0000\u0000"`,
      `binary ${'00'.repeat(8)}`,
    ])
    machine.receive(frame(1, 3))
    expect(machine.log[2]).toBe('violation 1009 a message of 6 bytes: the limit is 4')
  })

  it('leaves binary messages, and frames that are delivered by themselves, as long as they are', () => {
    const machine = new Machine({ ports })
    machine.receive(joined(frame(2, 5), frame(2, 4, false), frame(0, 4)))
    const raw = new Machine({ ports, mode: 'frames' })
    raw.receive(frame(1, 5))
    expect([machine.log.length, raw.log.length, raw.sink.violations]).toEqual([2, 1, []])
  })
})

describe('an announced length', () => {
  const ANNOUNCED_2_TO_40 = '82 7f 0000010000000000'

  it.each([
    ['client', ANNOUNCED_2_TO_40],
    ['server', '82 ff 0000010000000000 00000000'],
    ['client', '82 7f 7fffffffffffffff'],
  ] as const)('that is past the limits of a %s closes 1009: %s', (role, header) => {
    const machine = new Machine({ role })
    machine.receive(header)
    expect(machine.log.at(-1)).toBe('end 1009')
  })

  it.each([
    ['2^40 octets', ANNOUNCED_2_TO_40, 2 ** 41],
    ['1 MiB', '82 7f 0000000000100000', 2 ** 20],
    ['1 MiB, as a fragment', '02 7f 0000000000100000', 2 ** 20],
  ])('of %s is not allocated', (_, header, limit) => {
    const { grow, largest } = watchBuffers()
    grow(() => {
      const machine = new Machine({
        role: 'client',
        limits: { maxFrameSize: limit, maxMessageSize: limit },
      })
      machine.receive(header)
      machine.receive('01')
      expect(machine.log).toEqual([])
    })
    expect(largest()).toBeGreaterThan(0)
    expect(largest()).toBeLessThanOrEqual(256)
  })
})

it('a frame that comes in pieces is gathered in a buffer of exactly its size', () => {
  const { grow, largest } = watchBuffers()
  const content = frame(2, 100_000)
  grow(() => {
    const machine = new Machine()
    for (let i = 0; i < content.length; i += 9_999) machine.receive(content.subarray(i, i + 9_999))
    expect(machine.log).toHaveLength(1)
  })
  expect(largest()).toBe(100_000)
})

/** Sees the capacity of every buffer that messages are gathered in. */
function watchBuffers(): { grow(run: () => void): void; largest(): number } {
  let largest = 0
  return {
    largest: () => largest,
    grow(run) {
      const { append } = GrowingBuffer.prototype
      GrowingBuffer.prototype.append = function (...args) {
        append.apply(this, args)
        largest = Math.max(largest, this.bytes.length)
      }
      try {
        run()
      } finally {
        GrowingBuffer.prototype.append = append
      }
    },
  }
}

describe('many fragments', () => {
  const COUNT = 16_384

  it('have no limit of their own, and cost no more to copy than the message is long', () => {
    const machine = new Machine()
    const piece = frame(0, 16, false)
    const chunk = joined(...Array.from({ length: 64 }, () => piece))
    machine.receive(frame(2, 16, false))
    const copied = copiedBytes(() => {
      for (let i = 0; i < (COUNT - 64) / 64; i++) machine.receive(chunk)
    })
    machine.receive(frame(0, 16))
    expect(machine.log).toHaveLength(1)
    // Once into the message's buffer, about twice when it grows, and once by the test's own chunks.
    expect(copied).toBeLessThan(COUNT * 16 * 8)
  })
})

describe('maxEmptyFragments', () => {
  const EMPTY = '00 80 00000000'

  it('may come, and not one more: 1008', () => {
    const machine = new Machine({ limits: { maxEmptyFragments: 3 } })
    machine.receive(`01 80 00000000 ${EMPTY} ${EMPTY}`)
    expect(machine.log).toEqual([])
    machine.receive(EMPTY)
    expect(machine.log).toEqual([
      'violation 1008 too many empty fragments in one message',
      'end 1008',
    ])
    expect(machine.sentClose()).toBe(1008)
  })

  it('are counted for each message, whatever stands between, the last fragment apart', () => {
    const machine = new Machine({ limits: { maxEmptyFragments: 2 } })
    for (let i = 0; i < 3; i++) {
      machine.receive(`01 81 00000000 61 ${EMPTY} 00 81 00000000 62 ${EMPTY} 80 80 00000000`)
    }
    expect(machine.log).toEqual(['text "ab"', 'text "ab"', 'text "ab"'])
  })

  it('are 16,384', () => {
    const machine = new Machine()
    const chunk = bytes(EMPTY.repeat(256))
    machine.receive('01 81 00000000 61')
    for (let i = 0; i < 64; i++) machine.receive(chunk)
    expect(machine.connection.state).toBe('open')
    machine.receive(EMPTY)
    expect(machine.sentClose()).toBe(1008)
  })
})

describe('Pongs behind a slow reader', () => {
  const ping = (i: number): Uint8Array =>
    encodeWire({ opcode: 9, payload: bytes(i.toString(16).padStart(4, '0')), key: KEY })

  const payloads = (machine: Machine): string[] => machine.sent().map(({ payload }) => hex(payload))

  it('are 64, then only the newest is kept (RFC 6455, section 5.5.3)', () => {
    const machine = new Machine()
    for (let i = 0; i < 100; i++) machine.receive(ping(i))
    expect(machine.log).toHaveLength(100)
    expect(payloads(machine)).toEqual(
      Array.from({ length: 64 }, (_, i) => i.toString(16).padStart(4, '0')),
    )
    expect(machine.connection.drained()).toBe(true)
    expect(payloads(machine)).toEqual(['0063'])
    expect(machine.connection.drained()).toBe(false)
    expect(payloads(machine)).toEqual([])
  })

  it('are counted anew when what was written has gone', () => {
    const machine = new Machine({ limits: { maxPendingPongs: 2 } })
    for (let round = 0; round < 3; round++) {
      machine.receive(joined(ping(1), ping(2)))
      machine.connection.drained()
    }
    expect(payloads(machine)).toHaveLength(6)
  })

  it('are forgotten once a Close frame is sent', () => {
    const machine = new Machine({ limits: { maxPendingPongs: 1 } })
    machine.receive(joined(ping(1), ping(2)))
    machine.receive('88 80 00000000')
    expect(machine.connection.drained()).toBe(false)
    expect(machine.sent().map(({ opcode }) => opcode)).toEqual([10, 8])
  })

  it('are nothing to a connection that never saw a Ping', () => {
    const machine = new Machine()
    machine.connection.drained()
    expect(machine.sent()).toEqual([])
  })
})
