import { launchChromium } from './chromium.ts'
import { runInPage } from './run-in-page.ts'

/** The client over the WebSockets of Chromium. */

await runInPage(launchChromium)
