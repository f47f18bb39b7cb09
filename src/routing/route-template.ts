import { type RequestKey, requestKey } from '../websocket/request/request-key.ts'

/** The path template of the route that a handshake filter stands before; `undefined` for none. */
export const routeTemplate: RequestKey<string | undefined> = requestKey('routeTemplate', {
  value: undefined,
})
