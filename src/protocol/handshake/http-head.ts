import { quote } from '../errors/quote.ts'
import type { HeaderField } from '../headers/header-field.ts'
import { isSpaceCode, isToken, trimSpace } from '../headers/token.ts'

/** The default limit of `ResponseHeadParser`, in bytes. */
export const MAX_HEAD_BYTES = 16_384

/** The head of a response, up to its empty line. */
export interface ResponseHead {
  readonly status: number
  /** `''` when the status line has none. */
  readonly statusText: string
  /** In the order and case they came, values without whitespace around them, decoded as Latin-1. */
  readonly headers: readonly HeaderField[]
  /** Where in the chunk the bytes after the head begin. */
  readonly end: number
}

/** A head that cannot be read. */
export interface HeadProblem {
  /** What is wrong with the head; the connection is of no further use. */
  readonly problem: string
}

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d

const STATUS_LINE = /^HTTP\/1\.\d ([1-9]\d\d)(?: (.*))?$/

/**
 * Reads the heads of HTTP/1 responses (RFC 9112) as their bytes come, strictly and in linear time: for the answer to
 * an opening handshake, and for a proxy's to CONNECT.
 *
 * An interim response (status 100 to 199, but not 101) is a head like any other. The caller skips it by pushing on from
 * its `end`: the next head begins there, and one limit holds for all of them together.
 */
export class ResponseHeadParser {
  readonly #limit: number
  /** Bytes read, of all heads. */
  #size = 0
  /** The part of the current line that came with earlier chunks. */
  #line = ''
  #afterCr = false
  #statusLine: { readonly status: number; readonly statusText: string } | undefined
  #headers: HeaderField[] = []
  #problem: HeadProblem | undefined

  /** `limit`: bytes of the heads, line ends included. */
  constructor(limit: number = MAX_HEAD_BYTES) {
    this.#limit = limit
  }

  /** Takes `chunk` from `start` to `end`; `undefined` asks for more. After a problem it only repeats the problem. */
  push(
    chunk: Uint8Array,
    start = 0,
    end: number = chunk.length,
  ): ResponseHead | HeadProblem | undefined {
    if (this.#problem !== undefined) return this.#problem
    let lineStart = start
    for (let i = start; i < end; i++) {
      if (this.#size === this.#limit) {
        return this.#fail(`it is larger than ${this.#limit} bytes`)
      }
      this.#size++
      const byte = chunk[i]!
      if (this.#afterCr) {
        if (byte !== LF) return this.#fail('a CR stands without its LF')
        this.#afterCr = false
        lineStart = i + 1
        const line = this.#line
        this.#line = ''
        if (line === '' && this.#statusLine !== undefined) return this.#complete(i + 1)
        const problem = this.#takeLine(line)
        if (problem !== undefined) return this.#fail(problem)
      } else if (byte === CR) {
        this.#line += latin1(chunk, lineStart, i)
        this.#afterCr = true
      } else if (byte === LF) {
        return this.#fail('an LF stands without its CR')
      } else if ((byte < 0x20 && byte !== TAB) || byte === 0x7f) {
        return this.#fail(`it has the control character ${quote(String.fromCharCode(byte))}`)
      }
    }
    if (!this.#afterCr) this.#line += latin1(chunk, lineStart, end)
    return undefined
  }

  #takeLine(line: string): string | undefined {
    if (this.#statusLine === undefined) {
      const match = STATUS_LINE.exec(line)
      if (match === null) return `${quote(line)} is not the status line of an HTTP/1 response`
      this.#statusLine = { status: Number(match[1]), statusText: match[2] ?? '' }
      return undefined
    }
    if (isSpaceCode(line.charCodeAt(0))) {
      return 'a header goes on in a second line, which is obsolete (RFC 9112, section 5.2)'
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    if (!isToken(name)) return `${quote(line)} is not a header: a token and a colon must come first`
    this.#headers.push([name, trimSpace(line, colon + 1)])
    return undefined
  }

  #complete(end: number): ResponseHead {
    const head = { ...this.#statusLine!, headers: this.#headers, end }
    this.#statusLine = undefined
    this.#headers = []
    return head
  }

  #fail(reason: string): HeadProblem {
    this.#problem = { problem: `the head of the HTTP response is malformed: ${reason}` }
    return this.#problem
  }
}

/** Each byte a character; a `TextDecoder` for Latin-1 would read windows-1252. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}
