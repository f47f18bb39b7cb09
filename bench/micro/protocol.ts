import { isUtf8 } from 'node:buffer'
import {
  applyMask,
  type ByteOutput,
  Connection,
  type ConnectionSink,
  checkUpgrade,
  encodeFrame,
  Frame,
  FrameParser,
  formatResponse,
  SERVER_LIMITS,
  Serializer,
  Utf8Validator,
  upgradeHeaders,
} from 'antiphon/protocol'
import { bench, do_not_optimize, group } from 'mitata'
import { frame } from '../generator/payload.ts'

const SIZES = [16, 128, 1024, 16 * 1024] as const
const KEY = 0x1234_5678

/** What is called for each frame or message on its way through the protocol. */
export function protocolBenches(): void {
  group('parse a masked frame', () => {
    for (const size of SIZES) {
      const bytes = frame(0x82, Buffer.alloc(size, 'a'), true)
      const parser = new FrameParser({ masked: true })
      bench(`parse header, ${size} B`, () => {
        do_not_optimize(parser.frame(bytes, 0, bytes.length))
        parser.bodyComplete()
      })
    }
    for (const size of SIZES) bench(`receive message, ${size} B`, receiving(size))
  })

  group('serialise a frame', () => {
    const target = new Uint8Array(32 * 1024)
    for (const size of SIZES) {
      const message = new Frame.Binary(new Uint8Array(size))
      const serializer = new Serializer()
      bench(`serialise by Serializer, ${size} B`, () => {
        serializer.enqueue(message)
        do_not_optimize(serializer.serialize(target))
      })
      bench(`serialise by encodeFrame, ${size} B`, () =>
        do_not_optimize(encodeFrame(2, message.data)),
      )
    }
  })

  group('mask', () => {
    for (const size of SIZES) {
      const bytes = new Uint8Array(size)
      bench(`mask, ${size} B`, () => do_not_optimize(applyMask(bytes, 0, size, KEY)))
    }
  })

  group('check UTF-8', () => {
    for (const [name, text] of [
      ['ASCII', 'the quick brown fox '],
      ['not ASCII', 'сообщение 快速的棕色狐狸 😀 '],
    ] as const) {
      for (const size of [16, 128, 1024]) {
        const bytes = Buffer.from(text.repeat(size).slice(0, size))
        bench(`UTF-8, ${name}, ${bytes.length} B`, () => {
          const validator = new Utf8Validator(isUtf8)
          do_not_optimize(validator.push(bytes, 0, bytes.length) && validator.complete)
        })
      }
    }
  })

  group('answer a handshake', () => {
    const fields = new Map([
      ['host', '127.0.0.1:9000'],
      ['upgrade', 'websocket'],
      ['connection', 'Upgrade'],
      ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['sec-websocket-version', '13'],
    ])
    const request = {
      method: 'GET',
      httpVersion: '1.1',
      header: (name: string) => fields.get(name) ?? null,
    }
    bench('handshake: check and accept', () => {
      const check = checkUpgrade(request)
      if (!check.ok) throw new Error(check.message)
      do_not_optimize(formatResponse(101, 'Switching Protocols', upgradeHeaders(check)))
    })
  })
}

/** Receives a binary message again and again, the mask being its own inverse. */
function receiving(size: number): () => void {
  const original = frame(0x82, Buffer.alloc(size, 'a'), true)
  const bytes = Buffer.from(original)
  const connection = new Connection(SINK, OUTPUT, { role: 'server', limits: SERVER_LIMITS })
  return () => {
    original.copy(bytes)
    connection.receive(bytes, 0, bytes.length)
  }
}

const SINK: ConnectionSink = {
  onMessage: (_opcode, bytes) => do_not_optimize(bytes),
  onFrame() {},
  onControl() {},
  onViolation: ({ message }) => new Error(message),
  onEnd() {},
}

const OUTPUT: ByteOutput = {
  position: 0,
  reserve: (size) => new Uint8Array(size),
  append() {},
}
