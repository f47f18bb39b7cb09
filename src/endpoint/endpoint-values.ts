import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { Endpoint } from './endpoint.ts'
import type { AnyRequestLens } from './endpoint-lenses.ts'

/** The values that a server reads from the request: `EndpointValues<typeof chat>`. */
export type EndpointValues<E extends Endpoint> = Flat<{
  readonly [Name in keyof E['request']]: ReturnType<E['request'][Name]>
}>

/** The values that a client puts into it; what may be `undefined` may be left out. Where there are none, nothing else is taken. */
export type EndpointInput<E extends Endpoint> = keyof E['request'] extends never
  ? Readonly<Record<string, never>>
  : InputOf<E['request']>

type InputOf<L extends Endpoint['request']> = Flat<
  { readonly [Name in OptionalNames<L>]?: Input<L[Name]> } & {
    readonly [Name in Exclude<keyof L, OptionalNames<L>>]: Input<L[Name]>
  }
>

type OptionalNames<L extends Endpoint['request']> = {
  [Name in keyof L]: undefined extends Input<L[Name]> ? Name : never
}[keyof L]

type Input<L extends AnyRequestLens> = Parameters<L['create']>[0]

/** As one object type that has no name, for those who read it in an editor. */
type Flat<T> = { readonly [Name in keyof T]: T[Name] } & {}

/** The values of a request. Throws a `LensFailure` for one that is missing or wrong. */
export function readValues(
  { request: lenses }: Endpoint,
  request: UpgradeRequest,
): EndpointValues<Endpoint> {
  return Object.fromEntries(Object.entries(lenses).map(([name, lens]) => [name, lens(request)]))
}
