import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { bytes, hex } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'
import { encodeWire } from '../../support/wire.ts'

const frames = (options: ConstructorParameters<typeof Machine>[0] = {}): Machine =>
  new Machine({ ...options, mode: 'frames' })

describe('a connection in frame mode', () => {
  it('tells every frame as it is, and answers none', () => {
    const machine = frames({ role: 'client' })
    machine.receive('01 01 61  89 01 70  00 01 62  8a 01 71  80 00  82 02 ff00')
    expect(machine.log).toEqual([
      'frame text fin=false rsv=000 61',
      'frame ping fin=true rsv=000 70',
      'frame text fin=false rsv=000 62',
      'frame pong fin=true rsv=000 71',
      'frame text fin=true rsv=000',
      'frame binary fin=true rsv=000 ff00',
    ])
    expect(machine.sent()).toEqual([])
  })

  it('that has sent its Close tells every frame until the one of the peer', () => {
    const machine = frames({ role: 'client' })
    machine.connection.frame(new Frame.Close(new CloseReason(1000)))
    machine.receive('81 01 61')
    expect(machine.connection.state).toBe('closing')
    machine.receive('88 02 03e8')
    expect(machine.log).toEqual([
      'frame text fin=true rsv=000 61',
      'frame close fin=true rsv=000 03e8',
      'end 1000',
    ])
  })

  it('unmasks, whole and in pieces', () => {
    const content = bytes('81 85 37fa213d 7f9f4d5158  89 81 ffffffff 8f')
    const line = ['frame text fin=true rsv=000 48656c6c6f', 'frame ping fin=true rsv=000 70']
    const whole = frames()
    whole.receive(content)
    expect(whole.log).toEqual(line)
    const bytewise = frames()
    for (let i = 0; i < content.length; i++) bytewise.receive(content.subarray(i, i + 1))
    expect(bytewise.log).toEqual(line)
  })

  it('tells reserved bits that have a meaning', () => {
    const machine = frames({ role: 'client', reserved: 0x50 })
    machine.receive('51 01 61  80 01 62')
    expect(machine.log).toEqual([
      'frame text fin=false rsv=101 61',
      'frame text fin=true rsv=000 62',
    ])
  })

  it('leaves malformed text to whoever reads it', () => {
    const machine = frames({ role: 'client' })
    machine.receive('81 01 ff')
    expect(machine.log).toEqual(['frame text fin=true rsv=000 ff'])
  })

  it('knows no limit for messages, only for frames', () => {
    const machine = frames({ role: 'client', limits: { maxFrameSize: 2, maxMessageSize: 3 } })
    machine.receive('02 02 0102  00 02 0304  80 02 0506')
    expect(machine.log).toHaveLength(3)
    machine.receive('82 03')
    expect(machine.log.slice(3)).toEqual([
      'violation 1009 a frame of 3 bytes: the limit is 2',
      'end 1009',
    ])
    expect(machine.sentClose()).toBe(1009)
  })

  it('still closes 1002 for what RFC 6455 forbids', () => {
    const machine = frames({ role: 'client' })
    machine.receive('83 00')
    expect(machine.log).toEqual(['violation 1002 reserved opcode 0x3', 'end 1002'])
    expect(machine.sentClose()).toBe(1002)
  })

  it('does not allocate what is merely announced', () => {
    const machine = frames({ role: 'client' })
    expect(machine.receive('82 7f 0000010000000000 01')).toBe(11)
    expect(machine.log).toEqual([])
  })
})

it.each([undefined, 'x', {}])('%o, which is no frame, is not sent', (given: unknown) => {
  const machine = frames()
  expect(() => machine.connection.frame(given as Frame)).toThrow(
    new TypeError('a frame is made by Frame.Text and the like'),
  )
  expect(machine.sent()).toEqual([])
})

describe('the close handshake in frame mode', () => {
  it('is left to whoever reads, and ends with the answer', () => {
    const machine = frames()
    machine.receive('88 84 00000000 0fa0 6f6b  81 80 00000000')
    expect(machine.log).toEqual(['frame close fin=true rsv=000 0fa06f6b'])
    expect(machine.sent()).toEqual([])
    expect(machine.connection.state).toBe('closing')
    machine.connection.frame(new Frame.Close(new CloseReason(1000)))
    expect(hex(machine.output.take())).toBe(hex('88 02 03e8'))
    expect(machine.log.at(-1)).toBe('end 4000')
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(4000, 'ok'),
      local: new CloseReason(1000),
      remote: new CloseReason(4000, 'ok'),
      initiator: 'remote',
      clean: true,
      cause: undefined,
    })
  })

  it('may be answered from within', () => {
    const machine = frames()
    machine.sink.onLine = (line) => {
      if (line.startsWith('frame close')) machine.connection.close(new CloseReason(1001))
    }
    machine.receive('88 80 00000000')
    expect(machine.log).toEqual(['frame close fin=true rsv=000', 'end 1005'])
    expect(machine.sent()).toMatchObject([{ opcode: 8, payload: bytes('03e9') }])
    expect(machine.connection.record).toMatchObject({ initiator: 'remote', clean: true })
  })

  it('begun here ends with the answer', () => {
    const machine = frames()
    machine.connection.frame(new Frame.Close(new CloseReason(1001, 'x')))
    expect(machine.connection.state).toBe('closing')
    machine.receive('88 82 00000000 03e8')
    expect(machine.log).toEqual(['frame close fin=true rsv=000 03e8', 'end 1001'])
    expect(machine.connection.record).toMatchObject({
      local: { code: 1001 },
      remote: { code: 1000 },
      initiator: 'local',
      clean: true,
    })
  })

  it('leaves other frames to be sent after the Close of the peer', () => {
    const machine = frames()
    machine.receive('88 80 00000000')
    machine.connection.text('last words', -1)
    machine.connection.frame(new Frame.Close())
    expect(machine.sent().map(({ opcode }) => opcode)).toEqual([1, 8])
  })

  it('that the peer began and nobody answered is lost with the transport', () => {
    const machine = frames()
    machine.receive('88 82 00000000 03e8')
    machine.connection.lost(new Error('gone'))
    expect(machine.connection.record).toMatchObject({
      reason: { code: 1000 },
      local: undefined,
      remote: { code: 1000 },
      initiator: 'remote',
      clean: false,
    })
  })

  it.each([
    ['one octet', '88 81 00000000 03', 1005],
    ['an illegal code', '88 82 00000000 03e7', 999],
    ['a message that is not UTF-8 (B7)', `88 fd 00000000 03e8 ${'ff'.repeat(123)}`, 1000],
  ])('tells a payload of %s as it is', (_, content, code) => {
    const machine = frames()
    machine.receive(content)
    machine.connection.close(new CloseReason(1000))
    expect(machine.connection.record).toMatchObject({ remote: { code }, clean: true })
  })

  it('is the end of what is read, however it is cut', () => {
    const machine = frames({ role: 'client' })
    for (const piece of ['88', '02 03', 'e8 81', '00']) machine.receive(piece)
    expect(machine.log).toEqual(['frame close fin=true rsv=000 03e8'])
  })
})

it('puts a frame of a megabyte together from pieces', () => {
  const payload = Uint8Array.from({ length: 1_000_000 }, (_, i) => i & 0xff)
  const content = encodeWire({ opcode: 2, payload, key: bytes('01 02 03 04') })
  const machine = frames()
  for (let i = 0; i < content.length; i += 65_521) {
    machine.receive(content.subarray(i, i + 65_521))
  }
  expect(machine.log[0] === `frame binary fin=true rsv=000 ${hex(payload)}`).toBe(true)
})
