import { wrongType } from '../websocket/support/check-function.ts'

/** Throws a `TypeError` for an application without handlers: not every caller is type-checked. */
export function checkApp(app: unknown, who: string): void {
  if (typeof app === 'function') return
  if (typeof app === 'object' && app !== null && ('http' in app || 'ws' in app)) {
    const { http, ws }: { readonly http?: unknown; readonly ws?: unknown } = app
    if ([http, ws].every((half) => half === undefined || typeof half === 'function')) return
  }
  throw wrongType(app, `${who} needs a router, a handler, or { http, ws } of handlers`)
}
