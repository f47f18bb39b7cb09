import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { LensMeta } from './lens.ts'
import { invalid, missing, ourOwn } from './lens-failure.ts'
import type { RequestSpecs } from './request-lens.ts'
import { requestSpecs } from './request-spec.ts'
import type { TextStore, Texts } from './request-store.ts'

/** The parameter with the rest of a path. */
const REST = '*'

const one: TextStore = {
  read: paramOf,
  writer(texts, at) {
    return (request) => {
      const [value] = texts
      if (value !== undefined) {
        return request.withUrl(filled(request.url, value, at)).withParams({ [at.name]: value })
      }
      if (paramOf(request, at.name).length === 0) return request
      throw ourOwn(missing(at, 'a value, since a path parameter cannot be taken away'))
    }
  },
}

const many: TextStore = {
  read(request, name) {
    const values = paramOf(request, name)
    const segments = values.flatMap((value) =>
      name === REST ? segmentsOf(value, request.path) : value.split('/'),
    )
    return segments.filter((segment) => segment !== '')
  },
  writer(texts, at) {
    for (const text of texts) {
      if (text === '' || text.includes('/')) {
        throw invalid(at, "a segment of a path: not empty, without '/'", text)
      }
    }
    return one.writer(texts.length === 0 ? [] : [texts.join('/')], at)
  },
}

/**
 * Lenses for path parameters: `Path.int().required('id')` reads what a route such as `/items/:id` found. Writing sets
 * the parameter and, where the path still has the segment `:id`, or `*` for `'*'`, puts the value there.
 */
export const Path: RequestSpecs<'path'> = requestSpecs({
  target: 'path',
  checkName() {},
  one,
  many,
})

function paramOf(request: UpgradeRequest<unknown>, name: string): Texts {
  const value: unknown = Reflect.get(Object(request.params), name)
  return typeof value === 'string' ? [value] : []
}

/** `url` with `value` for its segment `:name`, or from its last segment `*` on. */
function filled(url: string, value: string, at: LensMeta): string {
  const [start = ''] = url.split(/[?#]/, 1)
  const segments = start.split('/')
  const rest = at.name === REST
  const index = segments.lastIndexOf(rest ? REST : `:${at.name}`)
  if (index < 0) return url
  const parts = rest ? value.split('/') : [value]
  // Dot segments do not survive on the way (RFC 3986, section 6.2.2.3), encoded or not; an empty one matches no name.
  if (parts.some((part) => /^\.{1,2}$/.test(part)) || (value === '' && !rest)) {
    throw ourOwn(invalid(at, "a segment of a path: not empty, '.' or '..'", value))
  }
  const encoded = parts.map((part) => encodeURIComponent(part)).join('/')
  return segments.with(index, encoded).join('/') + url.slice(start.length)
}

/** The segments that `*` matched, as they are at the end of the path: an encoded slash is part of a segment. */
function segmentsOf(value: string, path: string): Texts {
  const segments: string[] = []
  let rest = `/${value}`
  for (const part of path.split('/').reverse()) {
    const segment = decoded(part)
    if (segment === undefined || !rest.endsWith(`/${segment}`)) break
    segments.push(segment)
    rest = rest.slice(0, -1 - segment.length)
    if (rest === '') return segments.reverse()
  }
  // It was written, and not found by a route.
  return value.split('/')
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
