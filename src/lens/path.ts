import type { UpgradeRequest } from '../websocket/upgrade-request.ts'
import type { LensMeta } from './lens.ts'
import { invalid, missing, ourOwn } from './lens-failure.ts'
import type { RequestSpecs } from './request-lens.ts'
import { requestSpecs } from './request-spec.ts'
import type { TextStore, Texts } from './request-store.ts'

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
  read: (request, name) =>
    paramOf(request, name).flatMap((value) => value.split('/').filter((segment) => segment !== '')),
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
 * the parameter and, where the path still has the segment `:id`, puts the value there.
 */
export const Path: RequestSpecs<'path'> = requestSpecs({
  target: 'path',
  checkName() {},
  one,
  many,
})

function paramOf(request: UpgradeRequest<unknown>, name: string): Texts {
  const params: unknown = request.params
  if (typeof params !== 'object' || params === null) return []
  const value: unknown = Reflect.get(params, name)
  return typeof value === 'string' ? [value] : []
}

/** `url` with `value` for its segment `:name`. */
function filled(url: string, value: string, at: LensMeta): string {
  const [start = ''] = url.split(/[?#]/, 1)
  const segments = start.split('/')
  const index = segments.indexOf(`:${at.name}`)
  if (index < 0) return url
  // Empty and dot segments do not survive on the way (RFC 3986, section 6.2.2.3), encoded or not.
  if (/^\.{0,2}$/.test(value)) {
    throw ourOwn(invalid(at, "a segment of a path: not empty, '.' or '..'", value))
  }
  return segments.with(index, encodeURIComponent(value)).join('/') + url.slice(start.length)
}
