import { isLine } from '../protocol/headers/header-field.ts'
import { isToken, trimSpace } from '../protocol/headers/token.ts'
import type { LensMeta } from './lens.ts'
import { invalid } from './lens-failure.ts'
import type { RequestSpecs } from './request-lens.ts'
import { requestSpecs } from './request-spec.ts'
import type { TextStore } from './request-store.ts'

const one: TextStore = {
  read(request, name) {
    const value = request.header(name)
    return value === null ? [] : [value]
  },
  writer(texts, at) {
    const value = texts.length === 0 ? null : texts.join(', ')
    if (value !== null && !isFieldValue(value)) {
      throw invalid(
        at,
        'text that a header can hold: Latin-1 without controls or outer spaces',
        value,
      )
    }
    return (request) => request.withHeader(at.name, value)
  },
}

const many: TextStore = {
  read(request, name) {
    const members = (request.header(name) ?? '').split(',').map((member) => trimSpace(member))
    return members.filter((member) => member !== '')
  },
  writer(texts, at) {
    for (const text of texts) checkMember(text, at)
    return one.writer(texts, at)
  },
}

/**
 * Lenses for the headers of a request: `Header.string().required('X-User')`. A single value is the whole header;
 * `multi` splits it at every comma (RFC 9110, section 5.6.1), also in quotes.
 */
export const Header: RequestSpecs<'header'> = requestSpecs({
  target: 'header',
  checkName(name) {
    if (isToken(name)) return
    throw new TypeError(`${JSON.stringify(name)} is not a header name (RFC 9110, section 5.1)`)
  },
  one,
  many,
})

function checkMember(text: string, at: LensMeta): void {
  if (text !== '' && text === trimSpace(text) && !text.includes(',')) return
  throw invalid(at, 'text that a list can hold: not empty, without commas or outer spaces', text)
}

/** RFC 9110, section 5.5. */
function isFieldValue(text: string): boolean {
  return isLine(text) && text === trimSpace(text)
}
