import type { Params, UpgradeRequest } from '../websocket/request/upgrade-request.ts'

/** A route found, by its router or on its own. */
export interface Matched<out R> {
  readonly matched: true
  /** Answers the request; of a router: with this route and, while the answer is `undefined`, the next that match. */
  readonly handler: (request: UpgradeRequest) => R
  /** The path parameters, those of base paths too. */
  readonly params: Params
  /** The path template, base paths included. */
  readonly template: string
}

export interface Unmatched {
  readonly matched: false
  /** The request, and the routes that were tried. */
  readonly description: string
}

/** What the `match` of a router has found, told apart by `matched`. */
export type RouterMatch<R> = Matched<R> | Unmatched

/** A handler, and which requests it is for; immutable. `bind` makes one. */
export interface Route<out R = unknown> {
  /** As it was bound; for a router, its base path. */
  readonly template: string
  /** The only path that the route matches, when there is only one: routers look it up instead of trying. */
  readonly literalPath: string | undefined
  /** The route in the words of `Unmatched.description`. */
  readonly description: string
  match(request: UpgradeRequest): Matched<R> | undefined
  /** The same route below a base path. */
  withBasePath(base: string): Route<R>
}

/** What all routers have in common, so that one may be bound in another. */
export interface Router<out R> {
  match(request: UpgradeRequest): RouterMatch<R>
  withBasePath(base: string): Router<R>
}
