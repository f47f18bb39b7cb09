import type { RequestSpecs } from './request-lens.ts'
import { requestSpecs } from './request-spec.ts'
import type { TextStore } from './request-store.ts'

const one: TextStore = {
  read(request, name) {
    const value = queryOf(request.url).get(name)
    return value === null ? [] : [value]
  },
  writer: (texts, at) => (request) => request.withUrl(withQuery(request.url, at.name, texts)),
}

const many: TextStore = {
  read: (request, name) => queryOf(request.url).getAll(name),
  writer: one.writer,
}

/**
 * Lenses for the query of a request: `Query.int().defaulted('page', 1)`. Decoded as `URLSearchParams` does: `+` is
 * a space, and a percent sign that begins nothing stands for itself. `?page` and `?page=` hold the empty text.
 * Of a parameter that is there several times, a single value is the first.
 */
export const Query: RequestSpecs<'query'> = requestSpecs({
  target: 'query',
  checkName() {},
  one,
  many,
})

const URL_PARTS = /^([^?#]*)(?:\?([^#]*))?(.*)$/s

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(URL_PARTS.exec(url)?.[2])
}

function withQuery(url: string, name: string, values: readonly string[]): string {
  const [, base = '', query, fragment = ''] = URL_PARTS.exec(url) ?? []
  const parameters = new URLSearchParams(query)
  parameters.delete(name)
  for (const value of values) parameters.append(name, value)
  return parameters.size === 0 ? base + fragment : `${base}?${parameters}${fragment}`
}
