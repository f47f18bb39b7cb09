import { remoteClient } from './remote-client.ts'
import { runSuites } from './run-suites.ts'

/** The script of a page: the client over the browser's own `WebSocket`, and the server that the page comes from. */

await runSuites([remoteClient(location.origin.replace('http', 'ws'))])
