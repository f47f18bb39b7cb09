import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { RouterMatch } from './route.ts'
import { routeTemplate } from './route-template.ts'

/**
 * The `match` of a router whose routes stand behind a filter. `filtered` makes the handler that answers in their place; it
 * is called once, at the first request that matches.
 */
export function filteredMatch<R>(
  match: (request: UpgradeRequest) => RouterMatch<R>,
  filtered: () => (request: UpgradeRequest) => R,
): (request: UpgradeRequest) => RouterMatch<R> {
  let handler: ((request: UpgradeRequest) => R) | undefined
  return (request) => {
    const found = match(request)
    if (!found.matched) return found
    return {
      ...found,
      handler(routed) {
        handler ??= filtered()
        return handler(routed.withParams(found.params).with(routeTemplate, found.template))
      },
    }
  }
}
