import type { LensMeta } from '../lens/lens.ts'
import { Path } from '../lens/path.ts'
import type { RequestEdit } from '../lens/request-lens.ts'
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

interface TextLens extends AnyRequestLens {
  (request: UpgradeRequest): string
  readonly create: (value: string) => RequestEdit
}

/** The lenses, and one for the text of each path parameter that has none. */
export type EndpointLenses<P extends string, L> = Readonly<L> & {
  readonly [Name in Exclude<keyof PathParams<P>, keyof L>]: TextLens
}

/** The values that a server reads from the request of `endpoint('/rooms/:room', { request: { ... } })`. */
export type EndpointValues<P extends string, L extends RequestLensMap> = Flat<
  { readonly [Name in keyof L]: ReturnType<L[Name]> } & TextParams<P, L>
>

/** The values that a client puts into it; what may be `undefined` may be left out. */
export type EndpointInput<P extends string, L extends RequestLensMap> = Flat<
  { readonly [Name in OptionalNames<L>]?: Input<L[Name]> } & {
    readonly [Name in Exclude<keyof L, OptionalNames<L>>]: Input<L[Name]>
  } & TextParams<P, L>
>

type TextParams<P extends string, L> = Omit<PathParams<P>, keyof L>

type Input<L extends AnyRequestLens> = Parameters<L['create']>[0]

type OptionalNames<L extends RequestLensMap> = {
  [Name in keyof L]: undefined extends Input<L[Name]> ? Name : never
}[keyof L]

/** As one object type, for those who read it in an editor. */
type Flat<T> = { readonly [Name in keyof T]: T[Name] }

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
    lenses[name] = lens
  }
  return lenses
}

/** The values of a request. Throws a `LensFailure` for one that is missing or wrong. */
export function readValues<P extends string, L extends RequestLensMap>(
  { request: lenses }: { readonly request: EndpointLenses<P, L> },
  request: UpgradeRequest<PathParams<P>>,
): EndpointValues<P, L> {
  const read = Object.entries<AnyRequestLens>(lenses).map(([name, lens]) => [name, lens(request)])
  // Each value is what the lens of its name has read.
  return Object.fromEntries(read) as EndpointValues<P, L>
}

function invalidLens(path: string, why: string): TypeError {
  return new TypeError(`invalid endpoint ${quote(path)}: ${why}`)
}
