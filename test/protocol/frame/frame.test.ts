import { describe, expect, it } from 'vitest'
import { encodeCloseReason } from '../../../src/protocol/close/close-payload.ts'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame, readBytes, readReason, readText } from '../../../src/protocol/frame/frame.ts'
import { FrameType } from '../../../src/protocol/frame/frame-type.ts'
import { held } from '../../support/held.ts'
import { bytes, hex } from '../../support/hex.ts'
import { showFrame } from '../../support/show-frame.ts'

describe('a frame', () => {
  it('is told by its type', () => {
    const frames: Frame[] = [
      new Frame.Text('a'),
      new Frame.Binary(bytes('01')),
      new Frame.Close(),
      new Frame.Ping(),
      new Frame.Pong(),
    ]
    expect(frames.map((frame) => frame.type)).toEqual(['text', 'binary', 'close', 'ping', 'pong'])
    expect(frames.map((frame) => frame.frameType)).toEqual([
      FrameType.TEXT,
      FrameType.BINARY,
      FrameType.CLOSE,
      FrameType.PING,
      FrameType.PONG,
    ])
  })

  it('is final and without reserved bits unless told otherwise', () => {
    for (const frame of [new Frame.Text('a'), new Frame.Binary(bytes('01')), new Frame.Ping()]) {
      expect(frame).toMatchObject({ fin: true, rsv1: false, rsv2: false, rsv3: false })
    }
    expect(new Frame.Text('a', false, true, false, true)).toMatchObject({
      fin: false,
      rsv1: true,
      rsv2: false,
      rsv3: true,
    })
    expect(new Frame.Binary(bytes('01'), false, false, true)).toMatchObject({
      fin: false,
      rsv1: false,
      rsv2: true,
      rsv3: false,
    })
  })

  it('gives copies of its payload, never the payload', () => {
    const frame = new Frame.Binary(bytes('01 02'))
    for (const copy of [frame.readBytes(), frame.copy(), readBytes(frame)]) {
      expect(copy).toEqual(bytes('01 02'))
      copy.fill(0)
    }
    expect(frame.data).toEqual(bytes('01 02'))
  })

  it('shows its type, whether it is final, and its length', () => {
    expect(String(new Frame.Text('abc'))).toBe('Frame TEXT (fin=true, buffer len = 3)')
    expect(String(new Frame.Binary(bytes('01'), false))).toBe(
      'Frame BINARY (fin=false, buffer len = 1)',
    )
  })
})

describe('a text frame', () => {
  it('holds the UTF-8 of its text', () => {
    const frame = new Frame.Text('é€😀')
    expect(hex(frame.data)).toBe(hex('c3a9 e282ac f09f9880'))
    expect(frame.readText()).toBe('é€😀')
    expect(readText(frame)).toBe('é€😀')
  })

  it('keeps a byte order mark', () => {
    expect(new Frame.Text(bytes('ef bb bf 61')).readText()).toBe('\ufeffa')
  })

  it('does not read text from a fragment', () => {
    expect(() => new Frame.Text('abc', false).readText()).toThrow(
      new TypeError('a fragment cannot be read as text: join them first'),
    )
  })

  it('does not make U+FFFD of bytes that are not UTF-8 (B5)', () => {
    expect(() => new Frame.Text(bytes('61 ff')).readText()).toThrow(TypeError)
  })
})

describe('a text frame as it was received', () => {
  it('knows its length without looking, and is the same frame otherwise', () => {
    const frame = Frame.Text.received('é€', 5)
    expect(frame.knownLength).toBe(5)
    expect(frame.byteLength).toBe(5)
    expect(frame.readText()).toBe('é€')
    expect(showFrame(frame)).toBe('text fin=true rsv=000 c3a9e282ac')
  })
})

describe('the length of a frame in bytes', () => {
  it('is that of its payload', () => {
    expect(new Frame.Text('é€').byteLength).toBe(5)
    expect(new Frame.Text(bytes('c3a9')).byteLength).toBe(2)
    expect(new Frame.Binary(bytes('01 02 03')).byteLength).toBe(3)
    expect(new Frame.Ping(bytes('01')).byteLength).toBe(1)
  })

  it('of text is not known before somebody has asked', () => {
    const frame = new Frame.Text('é€')
    expect(frame.knownLength).toBe(-1)
    expect(String(frame)).toBe('Frame TEXT (fin=true, buffer len = 5)')
    expect(frame.knownLength).toBe(5)
  })
})

describe('a test that compares frames', () => {
  it('tells them apart by content', () => {
    const asked = new Frame.Text('a')
    hex(asked.data)
    expect(asked).toEqual(new Frame.Text('a'))
    expect(asked).not.toEqual(new Frame.Text('b'))
    expect(new Frame.Binary(bytes('01'))).toEqual(new Frame.Binary(bytes('01')))
    expect(new Frame.Binary(bytes('01'))).not.toEqual(new Frame.Binary(bytes('02')))
    expect(new Frame.Ping(bytes('01'))).not.toEqual(new Frame.Ping(bytes('02')))
  })
})

describe('a binary frame of bytes that are held', () => {
  it('has its length without asking for them, and asks once', () => {
    const content = held(bytes('01 02'), true)
    const frame = new Frame.Binary(content)
    expect(frame.byteLength).toBe(2)
    expect(frame.held).toBe(content)
    expect(hex(frame.data)).toBe('0102')
    expect(frame.data).toBe(frame.data)
    expect(frame.held).toBeUndefined()
    expect(new Frame.Binary(bytes('01')).held).toBeUndefined()
  })
})

describe('a data frame', () => {
  it('has no limit of its own', () => {
    expect(new Frame.Text(new Uint8Array(100_000)).data.length).toBe(100_000)
    expect(new Frame.Binary(new Uint8Array(100_000)).data.length).toBe(100_000)
  })
})

describe('what is no content', () => {
  const WRONG = [5, null, {}, [1, 2], new ArrayBuffer(2), new Uint16Array(2)]

  it.each([
    ['Text', Frame.Text, WRONG],
    ['Binary', Frame.Binary, [...WRONG, 'abc']],
    ['Close', Frame.Close, [...WRONG, 'abc', 1000]],
    ['Ping', Frame.Ping, [...WRONG, 'abc']],
    ['Pong', Frame.Pong, [...WRONG, 'abc']],
  ] as const)('makes no %s frame', (_, type, wrong) => {
    for (const content of wrong) {
      expect(() => Reflect.construct(type, [content])).toThrow(
        new TypeError('a message is made of a string or a Uint8Array'),
      )
    }
  })
})

describe('a control frame', () => {
  it.each([
    ['Close', Frame.Close],
    ['Ping', Frame.Ping],
    ['Pong', Frame.Pong],
  ] as const)('%s takes 125 bytes, and not one more', (_, Control) => {
    expect(new Control(new Uint8Array(125)).data.length).toBe(125)
    expect(() => new Control(new Uint8Array(126))).toThrow(
      new RangeError('control frames cannot carry more than 125 bytes'),
    )
  })

  it('takes a close message of 123 bytes, the code being the other two', () => {
    const frame = new Frame.Close(new CloseReason(1000, 'x'.repeat(123)))
    expect(frame.data.length).toBe(125)
  })
})

describe('a close frame', () => {
  it.each([
    ['ASCII', new CloseReason(1000, 'normal'), '03e8 6e6f726d616c'],
    ['more than ASCII', new CloseReason(4321, '✓'), '10e1 e29c93'],
    ['an empty message', new CloseReason(1011, ''), '03f3'],
    ['a code above 32767', new CloseReason(65_535, ''), 'ffff'],
  ])('carries %s there and back', (_, reason, payload) => {
    const frame = new Frame.Close(reason)
    expect(hex(frame.data)).toBe(hex(payload))
    expect(frame.readReason()).toEqual(reason)
    expect(readReason(frame)).toEqual(reason)
    expect(encodeCloseReason(reason)).toEqual(frame.data)
  })

  it('has no reason when it is empty, or one byte long', () => {
    expect(new Frame.Close().readReason()).toBeUndefined()
    expect(new Frame.Close(bytes('03')).readReason()).toBeUndefined()
  })

  it('reads 123 bytes that are not UTF-8 without throwing (B7)', () => {
    const payload = new Uint8Array(125).fill(0xff)
    payload.set([0x03, 0xe8])
    const reason = new Frame.Close(payload).readReason()
    expect(reason).toEqual(new CloseReason(1000, '\ufffd'.repeat(41)))
  })

  it('keeps a byte order mark in its message', () => {
    expect(new Frame.Close(bytes('03e8 efbbbf 61')).readReason()?.message).toBe('\ufeffa')
  })
})

describe('Frame.byType', () => {
  it('makes data frames as they are told', () => {
    const text = Frame.byType(false, FrameType.TEXT, bytes('61'), true, false, true)
    const binary = Frame.byType(true, FrameType.BINARY, bytes('01'), false, true)
    const plain = Frame.byType(true, FrameType.BINARY, bytes('02'))
    expect([text, binary, plain].map(showFrame)).toEqual([
      'text fin=false rsv=101 61',
      'binary fin=true rsv=010 01',
      'binary fin=true rsv=000 02',
    ])
  })

  it('makes control frames final and without reserved bits, whatever it is told', () => {
    const made = [FrameType.CLOSE, FrameType.PING, FrameType.PONG].map((type) =>
      Frame.byType(false, type, bytes('03e8'), true, true, true),
    )
    expect(made.map(showFrame)).toEqual([
      'close fin=true rsv=000 03e8',
      'ping fin=true rsv=000 03e8',
      'pong fin=true rsv=000 03e8',
    ])
  })
})
