import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { MaybePromise } from '../websocket/support/maybe-promise.ts'
import { orElse } from './chain.ts'
import type { Matched, Route, RouterMatch } from './route.ts'

type Answer<T> = MaybePromise<T | undefined>

interface Entry<T> {
  readonly order: number
  readonly route: Route<Answer<T>>
}

/**
 * Finds the first route that matches, in the order given. Routes of one literal path are looked up; only those with
 * parameters, wildcards, or a router are tried in turn.
 */
export function routeTable<T>(
  routes: readonly Route<Answer<T>>[],
): (request: UpgradeRequest) => RouterMatch<Answer<T>> {
  const open: Entry<T>[] = []
  const literal = new Map<string, Entry<T>[]>()
  routes.forEach((route, order) => {
    checkRoute(route, order)
    const entry = { order, route }
    if (route.literalPath === undefined) open.push(entry)
    else if (literal.get(route.literalPath)?.push(entry) === undefined) {
      literal.set(route.literalPath, [entry])
    }
  })

  function candidates(path: string): readonly Entry<T>[] {
    const same = literal.get(path)
    if (same === undefined) return open
    return open.length === 0 ? same : [...same, ...open].sort((a, b) => a.order - b.order)
  }

  return (request) =>
    firstMatch(candidates(request.path), 0, request) ?? {
      matched: false,
      // A getter, since it is seldom read.
      get description() {
        return describe(request, routes)
      },
    }
}

/** Not every application is type-checked, and a router would keep requests from the routes behind it. */
function checkRoute(route: Route | undefined, order: number): void {
  if (typeof route?.template === 'string') return
  throw new TypeError(
    `argument ${order + 1} is no route: bind('/', ...) makes one of a handler or a router`,
  )
}

function firstMatch<T>(
  entries: readonly Entry<T>[],
  from: number,
  request: UpgradeRequest,
): Matched<Answer<T>> | undefined {
  for (let index = from; index < entries.length; index++) {
    const found = entries[index]!.route.match(request)
    if (found === undefined) continue
    return {
      ...found,
      handler: (routed) =>
        orElse(found.handler(routed), () =>
          firstMatch(entries, index + 1, routed)?.handler(routed),
        ),
    }
  }
  return undefined
}

const DESCRIBED = 10

function describe(request: UpgradeRequest, routes: readonly Route[]): string {
  const subject = `no route matches ${request.method} ${request.path}`
  if (routes.length === 0) return `${subject}: there are none`
  const tried = routes.slice(0, DESCRIBED).map((route) => route.description)
  const more = routes.length - tried.length
  return `${subject}: tried ${tried.join(', ')}${more === 0 ? '' : `, and ${more} more`}`
}
