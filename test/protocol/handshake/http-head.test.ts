import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type HeadProblem,
  MAX_HEAD_BYTES,
  type ResponseHead,
  ResponseHeadParser,
} from '../../../src/protocol/handshake/http-head.ts'
import { formatResponse } from '../../../src/protocol/handshake/server-handshake.ts'
import { token } from '../../support/header-arbitraries.ts'

function bytes(latin1: string): Uint8Array {
  return Uint8Array.from(Buffer.from(latin1, 'latin1'))
}

function parse(latin1: string): ResponseHead | HeadProblem | undefined {
  return new ResponseHeadParser().push(bytes(latin1))
}

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\n' +
  'Upgrade: websocket\r\n' +
  'Connection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n' +
  '\r\n'

const SWITCHING_HEAD = {
  status: 101,
  statusText: 'Switching Protocols',
  headers: [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
  ],
}

describe('ResponseHeadParser', () => {
  it('reads a head and tells where the frames begin', () => {
    expect(parse(`${SWITCHING}\x81\x02hi`)).toEqual({ ...SWITCHING_HEAD, end: SWITCHING.length })
  })

  it('reads from the middle of a chunk, and no further than told', () => {
    const chunk = bytes(`\r\n${SWITCHING}\r\n`)
    const parser = new ResponseHeadParser()
    expect(parser.push(chunk, 2, 40)).toBeUndefined()
    expect(parser.push(chunk, 40, 40)).toBeUndefined()
    expect(parser.push(chunk, 40)).toEqual({ ...SWITCHING_HEAD, end: SWITCHING.length + 2 })
  })

  it('reads the same wherever the bytes are cut', () => {
    const chunk = bytes(SWITCHING)
    for (let first = 0; first <= chunk.length; first++) {
      for (const second of [first, first + 1, chunk.length - 1]) {
        const parser = new ResponseHeadParser()
        const cuts = [...new Set([0, first, Math.min(second, chunk.length), chunk.length])].sort(
          (a, b) => a - b,
        )
        const heads = cuts.slice(1).map((end, i) => parser.push(chunk, cuts[i], end))
        expect(heads.pop()).toEqual({ ...SWITCHING_HEAD, end: chunk.length })
        expect(heads.every((head) => head === undefined)).toBe(true)
      }
    }
  })

  it.each<[string, string, Omit<ResponseHead, 'end'>]>([
    [
      'no headers',
      'HTTP/1.1 204 No Content\r\n\r\n',
      { status: 204, statusText: 'No Content', headers: [] },
    ],
    ['an empty reason', 'HTTP/1.1 101 \r\n\r\n', { status: 101, statusText: '', headers: [] }],
    ['no reason', 'HTTP/1.1 101\r\n\r\n', { status: 101, statusText: '', headers: [] }],
    [
      'a proxy of HTTP/1.0',
      'HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n',
      { status: 200, statusText: 'Connection established', headers: [['Proxy-agent', 'x']] },
    ],
    [
      'values of any kind',
      'HTTP/1.1 200 \xe4\t!\r\na:\r\nb: \t \r\nC:c d:\xff \r\na:2\r\n\r\n',
      {
        status: 200,
        statusText: '\xe4\t!',
        headers: [
          ['a', ''],
          ['b', ''],
          ['C', 'c d:\xff'],
          ['a', '2'],
        ],
      },
    ],
    [
      'bytes that are not the same in windows-1252',
      'HTTP/1.1 200 OK\r\na: \x80\xa0\r\n\r\n',
      { status: 200, statusText: 'OK', headers: [['a', '\x80\xa0']] },
    ],
  ])('takes %s', (_, text, head) => {
    expect(parse(text)).toEqual({ ...head, end: text.length })
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', "'SSH-2.0-OpenSSH_9.6' is not the status line"],
    ['a TLS alert', '\x15\x03\x03\x00\x02\x02\x46', "the control character '\\u0015'"],
    ['a request', 'GET / HTTP/1.1\r\n', 'is not the status line'],
    ['HTTP/2', 'HTTP/2 200 \r\n', 'is not the status line'],
    ['an empty line in front', '\r\n', "'' is not the status line"],
    ['two spaces', 'HTTP/1.1  200 OK\r\n', 'is not the status line'],
    ['a status of two digits', 'HTTP/1.1 99 OK\r\n', 'is not the status line'],
    ['a status of four digits', 'HTTP/1.1 1010 OK\r\n', 'is not the status line'],
    ['a status from zero', 'HTTP/1.1 099 OK\r\n', 'is not the status line'],
    ['lower case', 'http/1.1 200 OK\r\n', 'is not the status line'],
    ['a bare LF', 'HTTP/1.1 200 OK\n', 'an LF stands without its CR'],
    ['a bare LF after a header', 'HTTP/1.1 200 OK\r\na: b\n', 'an LF stands without its CR'],
    ['a bare CR', 'HTTP/1.1 200 OK\rX', 'a CR stands without its LF'],
    ['two CRs', 'HTTP/1.1 200 OK\r\r\n', 'a CR stands without its LF'],
    ['a NUL', 'HTTP/1.1 200 OK\r\na: b\x00', "the control character '\\u0000'"],
    ['a DEL', 'HTTP/1.1 200 OK\r\na: b\x7f', "the control character '\\u007f'"],
    ['an escape', 'HTTP/1.1 200 \x1b', "the control character '\\u001b'"],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n', 'goes on in a second line'],
    ['a folded status line', 'HTTP/1.1 200 OK\r\n\tc: d\r\n', 'goes on in a second line'],
    ['no colon', 'HTTP/1.1 200 OK\r\nabc\r\n', "'abc' is not a header"],
    ['no name', 'HTTP/1.1 200 OK\r\n: b\r\n', "': b' is not a header"],
    ['a space in a name', 'HTTP/1.1 200 OK\r\na b: c\r\n', "'a b: c' is not a header"],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\na : c\r\n', "'a : c' is not a header"],
    ['a name that is not ASCII', 'HTTP/1.1 200 OK\r\n\xe4: c\r\n', "'\\u00e4: c' is not a header"],
  ])('finds %s at once', (_, text, problem) => {
    expect(parse(text)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('repeats its problem whatever follows', () => {
    const parser = new ResponseHeadParser()
    const problem = parser.push(bytes('\n'))
    expect(parser.push(bytes(SWITCHING))).toBe(problem)
  })

  it('takes a head of exactly its limit, and not a byte more', () => {
    const chunk = bytes(SWITCHING)
    expect(new ResponseHeadParser(chunk.length).push(chunk)).toHaveProperty('status', 101)
    expect(new ResponseHeadParser(chunk.length - 1).push(chunk)).toEqual({
      problem: expect.stringContaining(`it is larger than ${chunk.length - 1} bytes`),
    })
  })

  it('has a limit of 16 KiB of its own', () => {
    const parser = new ResponseHeadParser()
    const chunk = bytes(`HTTP/1.1 200 OK\r\na: ${'b'.repeat(MAX_HEAD_BYTES)}`)
    expect(MAX_HEAD_BYTES).toBe(16 * 1024)
    expect(parser.push(chunk, 0, MAX_HEAD_BYTES)).toBeUndefined()
    expect(parser.push(chunk, MAX_HEAD_BYTES)).toHaveProperty('problem')
  })

  it('looks at each byte twice at most, however the bytes come', () => {
    const chunk = bytes(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(2000)}c: ${'d'.repeat(4000)}`)
    for (const step of [1, 7, chunk.length]) {
      let looks = 0
      const counted = new Proxy(chunk, {
        get(target, key) {
          looks++
          return Reflect.get(target, key)
        },
      })
      const parser = new ResponseHeadParser()
      let ended = false
      for (let start = 0; start < chunk.length; start += step) {
        const end = Math.min(start + step, chunk.length)
        ended ||= parser.push(counted, start, end) !== undefined
      }
      expect(ended).toBe(false)
      expect(looks).toBeGreaterThan(chunk.length - 1)
      expect(looks).toBeLessThan(2 * chunk.length + 1)
    }
  })

  it('reads on after an interim response, with one limit for all', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n'
    const chunk = bytes(interim + interim + SWITCHING)
    const parser = new ResponseHeadParser(chunk.length)
    const first = parser.push(chunk)
    expect(first).toEqual({
      status: 103,
      statusText: 'Early Hints',
      headers: [['Link', 'a']],
      end: interim.length,
    })
    expect(parser.push(chunk, interim.length)).toHaveProperty('end', 2 * interim.length)
    expect(parser.push(chunk, 2 * interim.length)).toEqual({ ...SWITCHING_HEAD, end: chunk.length })
    expect(parser.push(bytes('H'))).toHaveProperty('problem')
  })

  it('reads what formatResponse writes, however it is cut', () => {
    const text = fc
      .array(fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f))
      .map((codes) => String.fromCharCode(...codes))
    const headers = fc.array(fc.tuple(token, text), { maxLength: 5 })
    const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 5 })
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 999 }),
        text,
        headers,
        cuts,
        (status, reason, headers, cuts) => {
          const chunk = bytes(formatResponse(status, reason, headers))
          const parser = new ResponseHeadParser()
          let start = 0
          for (const cut of cuts.filter((cut) => cut < chunk.length).sort((a, b) => a - b)) {
            expect(parser.push(chunk, start, cut)).toBeUndefined()
            start = cut
          }
          expect(parser.push(chunk, start)).toEqual({
            status,
            statusText: reason,
            headers,
            end: chunk.length,
          })
        },
      ),
    )
  })

  it('never throws, and says the same of any bytes whether they come at once or one by one', () => {
    const likely = fc
      .array(fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\r', '\n', 'a', ':', ' ', '\0', '\xff'))
      .map((parts) => bytes(parts.join('')))
    const any = fc.oneof(
      fc.uint8Array(),
      likely,
      likely.map((rest) => Uint8Array.of(...bytes('HTTP/1.1 101 \r\n'), ...rest)),
    )
    fc.assert(
      fc.property(any, (chunk) => {
        const parser = new ResponseHeadParser()
        let slow: ReturnType<ResponseHeadParser['push']>
        for (let i = 0; i < chunk.length && slow === undefined; i++) {
          slow = parser.push(chunk, i, i + 1)
        }
        expect(slow).toEqual(new ResponseHeadParser().push(chunk))
      }),
      { numRuns: 1000 },
    )
  })
})
