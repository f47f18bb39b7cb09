import { type RequestKey, requestKey } from '../websocket/request/request-key.ts'

/** The path template of the first route that matches, for the handshake filters before it; `undefined` for none. */
export const routeTemplate: RequestKey<string | undefined> = requestKey('routeTemplate', {
  value: undefined,
})
