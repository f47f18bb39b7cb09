import { launchFirefox } from './firefox.ts'
import { runInPage } from './run-in-page.ts'

/** The client over the WebSockets of Firefox. */

await runInPage(launchFirefox)
