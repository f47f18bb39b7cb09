import type { Params } from '../websocket/request/upgrade-request.ts'

/** A path template, compiled; `bind` has its syntax. */
export interface PathTemplate {
  /** The template is itself the only path that matches. */
  readonly literal: boolean
  readonly segments: readonly Segment[]
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'rest' }

const SLASH = 0x2f
/** Encoded or not (RFC 3986, section 6.2.2.3). */
const DOTS = /^(?:\.|%2e){1,2}$/i
const NO_PARAMS: Params = {}

/** Compiles a template. Throws a `TypeError` that says what is wrong with it. */
export function pathTemplate(source: string): PathTemplate {
  if (!source.startsWith('/')) throw invalid(source, "it must start with '/'")
  // '/' is the path without segments, so that a base path and '/' make the base path.
  const parts = source === '/' ? [] : source.slice(1).split('/')
  const last = parts.length - 1
  const segments = parts.map((part, index) => segment(source, part, index === last))
  const names = segments.flatMap((each) => (each.kind === 'param' ? each.name : []))
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw invalid(source, `it names two parameters '${repeated}'`)
  return { literal: segments.every((each) => each.kind === 'literal'), segments }
}

/**
 * The template of `source` below `base`: `/api` and `/echo` are `/api/echo`, `/api` and `/` are `/api`. Of `base`, only
 * what could not be seen in the result is checked: routers join for each route below them, however deep.
 */
export function joinTemplates(base: string, source: string): string {
  if (!base.startsWith('/')) throw invalid(base, "it must start with '/'")
  if (base.endsWith('/*')) {
    throw invalid(base, "a base path has no '*' at its end: whatever is below it belongs to it")
  }
  if (base === '/') return source
  if (base.endsWith('/')) {
    throw invalid(base, `a base path has no '/' at its end: write '${base.slice(0, -1)}'`)
  }
  return source === '/' ? base : base + source
}

/**
 * The parameters in `path`, percent-decoded; `undefined` when it does not match, or when a parameter is not
 * percent-encoded UTF-8. Takes time linear in the path, and allocates for parameters only.
 */
export function matchTemplate(template: PathTemplate, path: string): Params | undefined {
  let params: Record<string, string> | undefined
  let at = path === '/' ? 1 : 0
  for (const segment of template.segments) {
    const ended = at === path.length
    if (!ended && path.charCodeAt(at) !== SLASH) return undefined
    if (segment.kind === 'rest') {
      const value = decoded(path.slice(at + 1))
      return value === undefined ? undefined : { ...params, '*': value }
    }
    if (ended) return undefined
    const start = at + 1
    if (segment.kind === 'literal') {
      if (!path.startsWith(segment.text, start)) return undefined
      at = start + segment.text.length
      continue
    }
    const slash = path.indexOf('/', start)
    at = slash < 0 ? path.length : slash
    if (at === start) return undefined
    if (segment.kind === 'param') {
      const value = decoded(path.slice(start, at))
      if (value === undefined) return undefined
      params ??= {}
      params[segment.name] = value
    }
  }
  return at === path.length ? (params ?? NO_PARAMS) : undefined
}

function segment(source: string, part: string, last: boolean): Segment {
  if (part === '*') return { kind: last ? 'rest' : 'any' }
  if (part.startsWith(':')) {
    const name = part.slice(1)
    // `__proto__` would set a prototype instead of a parameter.
    if (/^[A-Za-z_]\w*$/.test(name) && name !== '__proto__') return { kind: 'param', name }
    throw invalid(source, `'${part}' does not name a parameter: write ':' and an identifier`)
  }
  if (part === '' && !last) throw invalid(source, 'it has an empty segment')
  if (/[:*{}]/.test(part)) {
    throw invalid(
      source,
      `a parameter takes a whole segment, as in ':name' or '*', but not '${part}'`,
    )
  }
  if (/[?#]/.test(part)) throw invalid(source, 'a path has no query and no fragment')
  // The characters of a segment (RFC 3986, section 3.3).
  if (!/^(?:[\w.~!$&'()+,;=@-]|%[\dA-Fa-f]{2})*$/.test(part)) {
    throw invalid(source, `'${part}' must be percent-encoded, as it is in a request`)
  }
  if (DOTS.test(part)) {
    throw invalid(source, `no path of a request has a segment '${part}': it is resolved before`)
  }
  return { kind: 'literal', text: part }
}

function decoded(value: string): string | undefined {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function invalid(source: string, why: string): TypeError {
  return new TypeError(`invalid path template '${source}': ${why}`)
}
