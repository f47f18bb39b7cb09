import { trimSpace } from '../headers/token.ts'

/** The head of an HTTP/1.1 request (RFC 9112). */
export interface RequestHead {
  readonly method: string
  /** As it stands in the request line. */
  readonly target: string
  /** Such as `'1.1'`. */
  readonly httpVersion: string
  /** Name, value, name, value, and so on, as they came; values without whitespace around them. */
  readonly fields: readonly string[]
}

/** What `plainGet` found. */
export interface PlainGet extends RequestHead {
  /** How long the head is. */
  readonly end: number
}

/** A path, and a query if there is one, of characters that all parsers read alike. */
const REQUEST_LINE = /^GET (\/[\w./~%?&=:@!$'()*+,;-]*) HTTP\/1\.1\r\n/

/**
 * A header line: a token, and what a field value may contain (RFC 9110, section 5.5) except a tab, after which not every
 * parser finds the `Upgrade` of `Connection`.
 */
const FIELD = /[\w!#$%&'*+.^`|~-]+:[ -~\x80-\xff]*\r\n/y

/**
 * The head at the beginning of `text` (one character for each byte), if it is complete, that of a GET, and so plain
 * that every parser reads the same in it. `undefined` for all others, good and bad: those are for a full parser.
 */
export function plainGet(text: string): PlainGet | undefined {
  const line = REQUEST_LINE.exec(text)
  if (line === null) return undefined
  const fields: string[] = []
  let end = line[0].length
  FIELD.lastIndex = end
  // Capturing groups would cost more than all that is done with the match.
  while (FIELD.test(text)) {
    const colon = text.indexOf(':', end)
    const start = end
    end = FIELD.lastIndex
    fields.push(text.slice(start, colon), trimSpace(text.slice(colon + 1, end - 2)))
  }
  if (!text.startsWith('\r\n', end)) return undefined
  return { method: 'GET', target: line[1]!, httpVersion: '1.1', fields, end: end + 2 }
}
