import type { LensMeta } from '../lens/lens.ts'
import { Path } from '../lens/path.ts'
import type { RequestEdit, RequestLens } from '../lens/request-lens.ts'
import { quote } from '../protocol/errors/quote.ts'
import type { PathParams } from '../routing/path-params.ts'
import { pathTemplate } from '../routing/path-template.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** Any lens that reads and writes a value of a request. */
export interface AnyRequestLens {
  (request: UpgradeRequest): unknown
  readonly meta: LensMeta
  readonly create: (value: never) => RequestEdit
}

/** Lenses for a request, by the names of their values. */
export type RequestLensMap = Readonly<Record<string, AnyRequestLens>>

/** The lenses, and one for the text of each path parameter that has none. */
export type EndpointLenses<P extends string, L> = Readonly<L> & {
  readonly [Name in Exclude<keyof PathParams<P>, keyof L>]: RequestLens<string>
}

/**
 * The lenses of an endpoint. Throws a `TypeError` for an invalid template, and for lenses that do not belong to it: such
 * requests could not be made.
 */
export function requestLenses(path: string, given: RequestLensMap = {}): RequestLensMap {
  const lenses: Record<string, AnyRequestLens> = {}
  for (const segment of pathTemplate(path).segments) {
    if (segment.kind === 'param') lenses[segment.name] = Path.string().required(segment.name)
    else if (segment.kind !== 'literal') {
      throw invalidLens(path, "its path has no '*': a client could not tell what to put there")
    }
  }
  for (const [name, lens] of Object.entries(given)) {
    // Not every caller is type-checked.
    if (typeof lens?.create !== 'function') {
      throw invalidLens(path, `${quote(name)} is no lens that reads and writes`)
    }
    const { target, name: field, required } = lens.meta
    const isParam = Object.hasOwn(lenses, name)
    if (isParam !== (target === 'path') || (isParam && field !== name)) {
      throw invalidLens(
        path,
        `the lens ${quote(name)} is for the ${target} ${quote(field)}: those for parameters of the path, and no others, have their names`,
      )
    }
    if (isParam && !required) throw invalidLens(path, `the parameter ${quote(name)} is required`)
    const other = Object.keys(lenses).find(
      (key) => key !== name && isOfField(lenses[key], lens.meta),
    )
    if (other !== undefined) {
      throw invalidLens(
        path,
        `the lenses ${quote(other)} and ${quote(name)} are both for the ${target} ${quote(field)}`,
      )
    }
    lenses[name] = lens
  }
  return lenses
}

/** Of two lenses for one field, a client could not give both a value. */
function isOfField(lens: AnyRequestLens | undefined, { target, name }: LensMeta): boolean {
  if (lens?.meta.target !== target) return false
  const field = lens.meta.name
  return field === name || (target === 'header' && field.toLowerCase() === name.toLowerCase())
}

function invalidLens(path: string, why: string): TypeError {
  return new TypeError(`invalid endpoint ${quote(path)}: ${why}`)
}
