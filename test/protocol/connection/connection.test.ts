import { describe, expect, it } from 'vitest'
import type { HeldPieces } from '../../../src/protocol/bytes/held-bytes.ts'
import { portablePorts } from '../../../src/protocol/bytes/ports.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { encodeFrame } from '../../../src/protocol/frame/frame-header.ts'
import { held } from '../../support/held.ts'
import { bytes, hex, joined } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'
import { encodeWire } from '../../support/wire.ts'

const KEY = bytes('37 fa 21 3d')

describe('what comes in', () => {
  it.each([
    ['server', 'a masked text', '81 85 37fa213d 7f9f4d5158', 'text "Hello"'],
    ['client', 'an unmasked text', '81 05 48656c6c6f', 'text "Hello"'],
    ['server', 'a text with the key ffffffff (B11)', '81 85 ffffffff b79a939390', 'text "Hello"'],
    ['client', 'a text in two fragments', '01 03 48656c  80 02 6c6f', 'text "Hello"'],
    ['server', 'text beyond ASCII', '81 85 00000000 c3a9 e282ac', 'text "é€"'],
    ['server', 'an empty text', '81 80 37fa213d', 'text ""'],
    ['client', 'an empty binary', '82 00', 'binary '],
    ['server', 'bytes', '82 83 00000000 00ff80', 'binary 00ff80'],
    ['client', 'fragments, some of them empty', '02 00  00 01 01  00 00  80 01 02', 'binary 0102'],
    ['client', 'a character over three fragments', '01 01 e2  00 01 82  80 01 ac', 'text "€"'],
    ['client', 'a byte order mark, kept', '81 04 efbbbf61', 'text "\ufeffa"'],
  ] as const)('at a %s is %s', (role, _, content, line) => {
    const machine = new Machine({ role })
    expect(machine.receive(content)).toBe(bytes(content).length)
    expect(machine.log).toEqual([line])
    expect(machine.sent()).toEqual([])
  })

  it.each([125, 126, 127, 0xc123, 0xcdef, 65_535, 65_536, 200_000])(
    'may be %i octets long, whole and in pieces',
    (length) => {
      const payload = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff)
      const frame = encodeWire({ opcode: 2, payload, key: KEY })
      const whole = new Machine()
      whole.receive(frame)
      const pieces = new Machine()
      for (let i = 0; i < frame.length; i += 1021) pieces.receive(frame.subarray(i, i + 1021))
      const line = `binary ${hex(payload)}`
      expect(whole.log[0] === line).toBe(true)
      expect(pieces.log[0] === line).toBe(true)
    },
  )

  it('is gathered by the sink where it wants to: bytes in pieces, of no extension', () => {
    const gathered: string[] = []
    let gathers = true
    const gather = (): HeldPieces | undefined => {
      if (!gathers) return undefined
      const pieces: string[] = []
      return {
        get length() {
          return pieces.length
        },
        append: (octets, start, end) =>
          pieces.push(...Array.from(octets.slice(start, end), String)),
        finish: () => gathered.push(pieces.join(' ')),
        abandon: () => gathered.push(`${pieces.join(' ')} and no more`),
      }
    }
    const machine = new Machine()
    Object.assign(machine.sink, { gather })
    machine.receive('82 83 00000000 01 02')
    machine.receive('03')
    machine.receive('02 82 01010101 00 00  00 80 00000000  80 81 00000000 03')
    gathers = false
    machine.receive('82 84 00000000 05')
    machine.receive('05 05 05')
    machine.receive('01 81 00000000 61  80 81 00000000 62')
    expect(gathered).toEqual(['1 2 3', '1 1 3'])
    expect(machine.log).toEqual(['binary 05050505', 'text "ab"'])
    gathers = true
    machine.receive('82 82 00000000 01')
    machine.connection.lost(undefined)
    expect(gathered.slice(2)).toEqual(['1 and no more'])
    const passing = {
      name: 'x-passing',
      config: undefined,
      processOutgoingFrame: (frame: Frame) => frame,
      processIncomingFrame: (frame: Frame) => frame,
    }
    const extended = new Machine({ extensions: [passing] })
    Object.assign(extended.sink, { gather })
    extended.receive('02 81 00000000 01  80 81 00000000 02')
    expect(extended.log).toEqual(['binary 0102'])
  })

  it('is held to its limit where it is gathered, too', () => {
    const gather = (): HeldPieces => ({
      length: 2,
      append() {},
      finish() {},
      abandon() {},
    })
    const machine = new Machine({ limits: { maxMessageSize: 3 } })
    Object.assign(machine.sink, { gather })
    machine.receive('02 82 00000000 0102')
    expect(machine.connection.state).toBe('open')
    machine.receive('80 82 00000000')
    expect(machine.connection.record?.reason.code).toBe(1009)
  })

  it('is gathered by the sink when it is text that begins large enough for it, and knows whether it is ASCII', () => {
    const gathered: unknown[] = []
    const gather = (opcode: number, length: number): HeldPieces | undefined =>
      length < 131_072
        ? undefined
        : {
            length: 0,
            append() {},
            finish: (ascii) => gathered.push([opcode, ascii]),
            abandon() {},
          }
    for (const [content, rest] of [
      ['a'.repeat(131_072), ''],
      ['€'.repeat(43_691), ''],
      ['a'.repeat(131_072), 'ÿ'],
      ['a'.repeat(131_071), ''],
    ] as const) {
      const machine = new Machine()
      Object.assign(machine.sink, { gather })
      const key = bytes('01020304')
      const first = new TextEncoder().encode(content)
      const frame = encodeWire({ fin: rest === '', opcode: 1, payload: first, key })
      machine.receive(frame.subarray(0, 1000))
      machine.receive(frame.subarray(1000))
      if (rest !== '') {
        machine.receive(encodeWire({ opcode: 0, payload: new TextEncoder().encode(rest), key }))
      }
      gathered.push(machine.log.length)
    }
    expect(gathered).toEqual([[1, true], 0, [1, false], 0, [1, false], 0, 1])
    const invalid = new Machine()
    Object.assign(invalid.sink, { gather })
    invalid.receive('01 ff 0000000000020000 00000000 61')
    invalid.receive('ff')
    expect(invalid.connection.record?.reason.code).toBe(1007)
  })

  it('is told in order, however many frames a chunk holds', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('81 01 61  82 01 01  89 01 70  8a 01 71  01 01 62  80 01 63  81')
    expect(machine.log).toEqual(['text "a"', 'binary 01', 'ping 70', 'pong 71', 'text "bc"'])
    machine.receive('01 64')
    expect(machine.log.at(-1)).toBe('text "d"')
  })

  it('may come while something is told, and is told next', () => {
    const machine = new Machine({ role: 'client' })
    machine.sink.onLine = (line) => {
      if (line === 'text "a"') machine.receive('81 01 62  02 01')
    }
    machine.receive('81 01 61')
    machine.receive('01 80 01 02')
    expect(machine.log).toEqual(['text "a"', 'text "b"', 'binary 0102'])
  })

  it('may come whole while something is told, and the rest of the chunk after it', () => {
    const machine = new Machine({ role: 'client' })
    machine.sink.onLine = (line) => {
      if (line === 'text "a"') machine.receive('81 01 62')
    }
    machine.receive('81 01 61  81 01 63')
    expect(machine.log).toEqual(['text "a"', 'text "b"', 'text "c"'])
  })

  it('is told of many connections, each within the one before', () => {
    const machines = Array.from({ length: 20 }, () => new Machine({ role: 'client' }))
    for (const [index, machine] of machines.entries()) {
      machine.sink.onLine = () => machines[index + 1]?.receive('81 01 61  01 01 62')
    }
    machines[0]!.receive('81 01 61  01 01 62')
    for (const machine of machines) machine.sink.onLine = () => {}
    for (const machine of machines) machine.receive('80 01 63')
    for (const machine of machines) expect(machine.log).toEqual(['text "a"', 'text "bc"'])
  })

  it('is lent when it lies whole in the chunk, and given when it had to be gathered', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('81 01 61')
    machine.receive('82 02 01')
    machine.receive('02')
    machine.receive('02 01 01 80 01 02')
    expect(machine.sink.hints.map(({ owned }) => owned)).toEqual([false, true, true])
  })

  it('is known to be ASCII when unmasking has shown it', () => {
    const machine = new Machine()
    for (const payload of ['Hello', 'Héllo', 'a'.repeat(100), `${'a'.repeat(100)}é`]) {
      const frame = encodeWire({ opcode: 1, payload, key: KEY })
      machine.receive(frame)
      machine.receive(frame.subarray(0, 8))
      machine.receive(frame.subarray(8))
    }
    const ascii = machine.sink.hints.map((hint) => hint.ascii)
    expect(ascii).toEqual([true, true, false, false, true, true, false, false])
  })

  it('is checked by the ports only where it may not be ASCII', () => {
    const asked: string[] = []
    const isUtf8 = (content: Uint8Array): boolean => {
      asked.push(hex(content))
      return portablePorts.isUtf8(content)
    }
    const machine = new Machine({ ports: { ...portablePorts, isUtf8 } })
    machine.receive('81 81 00000000 61  82 81 00000000 ff  81 82 00000000 c3a9')
    expect(asked).toEqual([hex('c3a9')])
  })
})

describe('a control frame', () => {
  it('is answered with its own payload when it is a Ping', () => {
    const machine = new Machine()
    machine.receive('89 85 37fa213d 7f9f4d5158')
    expect(machine.log).toEqual(['ping 48656c6c6f'])
    expect(hex(machine.output.take())).toBe(hex('8a 05 48656c6c6f'))
    machine.receive('89 80 37fa213d')
    expect(hex(machine.output.take())).toBe(hex('8a 00'))
  })

  it('is answered masked by a client', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('89 02 0102')
    expect(machine.sent()).toMatchObject([
      { opcode: 10, payload: bytes('01 02'), key: expect.any(Uint8Array) },
    ])
  })

  it('is only told when it is a Pong', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('8a 01 70')
    expect(machine.log).toEqual(['pong 70'])
    expect(machine.sent()).toEqual([])
  })

  it('may stand between fragments, and within no message', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('01 03 414243  89 01 70  80 03 313233')
    expect(machine.log).toEqual(['ping 70', 'text "ABC123"'])
    expect(machine.sent()).toMatchObject([{ opcode: 10, payload: bytes('70') }])
  })

  it('is put together from pieces', () => {
    const machine = new Machine()
    for (const piece of ['89', '85', '37fa213d 7f', '9f4d', '5158 8a 80 00', '000000']) {
      machine.receive(piece)
    }
    expect(machine.log).toEqual(['ping 48656c6c6f', 'pong'])
  })

  it('carries 125 octets', () => {
    const machine = new Machine()
    machine.receive(encodeWire({ opcode: 9, payload: new Uint8Array(125).fill(1), key: KEY }))
    expect(machine.sent()).toMatchObject([{ opcode: 10, payload: new Uint8Array(125).fill(1) }])
  })
})

describe('a connection that is paused', () => {
  const content = '81 01 61  81 01 62  81 01 63'

  it('stops after the frame that made it pause, and goes on from there', () => {
    const machine = new Machine({ role: 'client' })
    machine.sink.onLine = (line) => {
      machine.connection.paused = line !== 'text "b"'
    }
    expect(machine.receive(content)).toBe(3)
    expect(machine.log).toEqual(['text "a"'])
    expect(machine.receive(bytes(content).subarray(3))).toBe(0)
    machine.connection.paused = false
    expect(machine.receive(bytes(content).subarray(3))).toBe(6)
    expect(machine.log).toEqual(['text "a"', 'text "b"', 'text "c"'])
  })

  it('takes nothing of a frame that has begun either', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('81 03 61')
    machine.connection.paused = true
    expect(machine.receive('6263')).toBe(0)
    machine.connection.paused = false
    expect(machine.receive('6263')).toBe(2)
    expect(machine.log).toEqual(['text "abc"'])
  })

  it('no longer cares once it is closed', () => {
    const machine = new Machine({ role: 'client' })
    machine.connection.paused = true
    machine.connection.lost(undefined)
    expect(machine.receive(content)).toBe(9)
    expect(machine.log).toEqual(['end 1006'])
  })
})

describe('what goes out', () => {
  it('is unmasked from a server', () => {
    const { connection, output } = new Machine()
    connection.text('Hello', -1)
    connection.text('é', 2)
    connection.binary(bytes('01 02'), false)
    connection.frame(new Frame.Ping(bytes('70')))
    connection.encoded(encodeFrame(1, bytes('61')))
    expect(hex(output.take())).toBe(
      hex('81 05 48656c6c6f  81 02 c3a9  82 02 0102  89 01 70  81 01 61'),
    )
  })

  it('is masked from a client, each frame with a fresh key (RFC 6455, section 5.3)', () => {
    const machine = new Machine({ role: 'client' })
    machine.connection.text('Hello', -1)
    machine.connection.binary(new Uint8Array(20_000), true)
    machine.connection.frame(new Frame.Pong(bytes('70')))
    const sent = machine.sent()
    expect(sent.map(({ opcode }) => opcode)).toEqual([1, 2, 10])
    expect(new TextDecoder().decode(sent[0]!.payload)).toBe('Hello')
    expect(sent[1]!.payload.every((octet) => octet === 0)).toBe(true)
    expect(new Set(sent.map(({ key }) => hex(key!))).size).toBe(3)
  })

  it('is masked otherwise when something below already does it', () => {
    const machine = new Machine({ role: 'client', masked: { incoming: true, outgoing: false } })
    machine.connection.text('a', -1)
    machine.receive('81 81 00000000 62')
    expect(hex(machine.output.take())).toBe(hex('81 01 61'))
    expect(machine.log).toEqual(['text "b"'])
  })

  it('is a copy, unless it is large and will not change', () => {
    const machine = new Machine()
    const large = new Uint8Array(16_384)
    machine.connection.binary(large, false)
    machine.connection.binary(large.subarray(1), true)
    expect(machine.output.appended).toEqual([])
    machine.connection.binary(large, true)
    expect(machine.output.appended).toHaveLength(1)
    expect(machine.output.appended[0]).toBe(large)
    expect(machine.sent().map(({ payload }) => payload.length)).toEqual([16_384, 16_383, 16_384])
  })

  it('may be held, and is then written where it goes', () => {
    for (const role of ['server', 'client'] as const) {
      const machine = new Machine({ role })
      machine.connection.binary(held(bytes('00 80 ff')), true)
      machine.connection.binary(held(new Uint8Array(70_000).fill(7)), true)
      const sent = machine.sent()
      expect(sent.map(({ fin, opcode, payload }) => [fin, opcode, payload.length])).toEqual([
        [true, 2, 3],
        [true, 2, 70_000],
      ])
      expect(hex(sent[0]!.payload)).toBe(hex('00 80 ff'))
      machine.connection.binary(held(bytes('61 62')), true, 1)
      expect(machine.sent()).toMatchObject([{ fin: true, opcode: 1, payload: bytes('61 62') }])
      expect(sent[1]!.payload.every((octet) => octet === 7)).toBe(true)
      machine.connection.close(CloseReason.NORMAL)
      machine.sent()
      machine.connection.binary(held(bytes('01')), true)
      expect(machine.sent()).toEqual([])
    }
  })

  it('may be fragments, which go out as continuations (B11)', () => {
    for (const role of ['server', 'client'] as const) {
      const machine = new Machine({ role })
      machine.connection.frame(new Frame.Text('a', false))
      machine.connection.frame(new Frame.Text('b', false))
      machine.receive(encodeWire({ opcode: 9, ...(role === 'server' && { key: KEY }) }))
      machine.connection.frame(new Frame.Text('c'))
      machine.connection.text('d', -1)
      const sent = machine.sent().map(({ fin, opcode }) => [fin, opcode])
      expect(sent).toEqual([
        [false, 1],
        [false, 0],
        [true, 10],
        [true, 0],
        [true, 1],
      ])
    }
  })

  it('is no message within another', () => {
    const { connection, output } = new Machine()
    connection.frame(new Frame.Text('a', false))
    const error = new TypeError('a message within another message: send its last fragment first')
    expect(() => connection.text('b', -1)).toThrow(error)
    expect(() => connection.binary(bytes('01'), false)).toThrow(error)
    expect(() => connection.encoded(encodeFrame(1, bytes('61')))).toThrow(error)
    expect(() => connection.frame(new Frame.Binary(bytes('01')))).toThrow(TypeError)
    connection.frame(new Frame.Text('c'))
    expect(hex(output.take())).toBe(hex('01 01 61  80 01 63'))
  })
})

describe('what is not type-checked', () => {
  const call = (
    method: 'text' | 'binary' | 'encoded',
    content: unknown,
    machine: Machine,
  ): unknown => Reflect.apply(machine.connection[method], machine.connection, [content])

  it.each([
    ['text', [5, undefined, null, {}, new Uint8Array(1)]],
    ['binary', ['abc', 5, undefined, null, {}, [1, 2], new ArrayBuffer(3), new Uint16Array(1)]],
    ['encoded', ['abc', [1], undefined]],
  ] as const)('is refused by %s, and nothing of it is written', (method, wrong) => {
    for (const role of ['server', 'client'] as const) {
      const machine = new Machine({ role })
      for (const content of wrong) {
        expect(() => call(method, content, machine)).toThrow(
          new TypeError('a message is made of a string or a Uint8Array'),
        )
      }
      machine.connection.text('a')
      expect(machine.sent()).toMatchObject([{ opcode: 1, payload: bytes('61') }])
    }
  })

  it('needs no more than the content', () => {
    const machine = new Machine()
    call('text', 'é', machine)
    call('binary', bytes('01'), machine)
    expect(hex(machine.output.take())).toBe(hex('81 02 c3a9  82 01 01'))
    Reflect.apply(machine.connection.receive, machine.connection, [bytes('81 81 00000000 61')])
    expect(machine.log).toEqual(['text "a"'])
  })

  it('must have a known role and a known mode', () => {
    const made = (options: object) => () => Reflect.construct(Machine, [options])
    expect(made({ role: 'sever' })).toThrow(
      new RangeError('the option role is sever, not server or client'),
    )
    expect(made({ mode: 'frame' })).toThrow(
      new RangeError('the option mode is frame, not messages or frames'),
    )
  })
})

it('carries a conversation between its two roles', () => {
  const server = new Machine()
  const client = new Machine({ role: 'client' })
  client.connection.text('ping?', -1)
  client.connection.frame(new Frame.Ping(bytes('01')))
  client.connection.binary(joined(bytes('02'), new Uint8Array(300)), false)
  server.receive(client.output.take())
  server.connection.text('pong!', -1)
  client.receive(server.output.take())
  expect(server.log).toEqual(['text "ping?"', 'ping 01', `binary 02${'00'.repeat(300)}`])
  expect(client.log).toEqual(['pong 01', 'text "pong!"'])
})
