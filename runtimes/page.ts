import { remoteClient } from './remote-client.ts'
import { runSuites } from './run-suites.ts'

/** The script of a page: the client over the browser's own `WebSocket`, and the server that the page comes from. */

/** Firefox, like Deno, hands out what is under the mask as it came. */
const lacks = navigator.userAgent.includes('Firefox') ? (['unmasked'] as const) : []

await runSuites([remoteClient(location.origin.replace('http', 'ws'), lacks)])
