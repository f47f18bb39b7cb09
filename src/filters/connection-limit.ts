import { TRY_AGAIN_LATER } from '../protocol/close/reason.ts'
import { filterDecision } from '../routing/apply-filter.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { attempt } from '../websocket/support/attempt.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { amount } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter, WsFilter } from '../websocket/ws-handler.ts'
import { keyOf } from './key-of.ts'
import { Places } from './places.ts'

/** Options of `connectionLimit`. */
export interface ConnectionLimitOptions {
  /** Sockets in total. Default: no limit. */
  readonly total?: number | undefined
  /** Sockets per key, and the key, such as a user or an address. Default: no limit. */
  readonly perKey?:
    | { readonly limit: number; readonly key: (request: UpgradeRequest) => string }
    | undefined
  /** Seconds after which a client that was refused may try again. Default 10. */
  readonly retryAfter?: number | undefined
}

const CONNECTION_LIMIT_OPTIONS: OptionNames<ConnectionLimitOptions> = {
  total: 0,
  perKey: { limit: 0, key: 0 },
  retryAfter: 0,
}

const FULL = TRY_AGAIN_LATER.description('Too many connections')

/**
 * Limits how many sockets are open at a time. A socket past the total is refused with a 503, one past the limit of its
 * key with a 429, both with `Retry-After`. A place is taken while the handler decides and while the socket is open, and
 * is always given back, unless the handler never settles; if others take the last place between the two, the socket is
 * closed with 1013.
 *
 * Lifted over plain HTTP, a request takes a place while it is answered; `liftHandshake(filter, { http: 'upgrades' })`
 * leaves such requests alone. Throws a `RangeError` for a limit that is not a number from 0 up, and a `TypeError` if
 * there is no limit at all.
 */
export function connectionLimit(options: ConnectionLimitOptions): HandshakeFilter {
  checkNames('connectionLimit()', options, CONNECTION_LIMIT_OPTIONS)
  const { total, perKey } = options
  if (total === undefined && perKey === undefined) {
    throw new TypeError('connectionLimit limits nothing: give it total, perKey, or both')
  }
  if (perKey !== undefined) checkFunction(perKey.key, 'the option perKey.key has to be a function')
  const retryAfter = Math.ceil(amount('retryAfter', options.retryAfter, 10))
  const places = new Places(
    amount('total', total, Number.POSITIVE_INFINITY),
    perKey === undefined ? Number.POSITIVE_INFINITY : amount('perKey.limit', perKey.limit),
  )

  function whileOpen(key: string): WsFilter {
    return (next) => (socket) => {
      const place = places.take(key)
      if (typeof place === 'string') {
        socket.close(FULL)
        return undefined
      }
      socket.onClose(place)
      return next(socket)
    }
  }

  return ofHandshakes((next) => (request) => {
    const key = perKey === undefined ? '' : keyOf(perKey.key, request)
    const place = places.take(key)
    if (typeof place === 'string') return full(place, retryAfter)
    return attempt(
      () => next(request),
      (decision) => {
        place()
        return filterDecision(whileOpen(key), decision)
      },
      (thrown): never => {
        place()
        throw thrown
      },
    )
  })
}

function full(limit: 'total' | 'key', retryAfter: number): Response {
  return new Response('Too many connections\n', {
    status: limit === 'total' ? 503 : 429,
    headers: { 'content-type': 'text/plain;charset=utf-8', 'retry-after': String(retryAfter) },
  })
}
