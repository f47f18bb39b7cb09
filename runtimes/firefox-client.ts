import { launchFirefox } from './firefox.ts'
import { runInPage } from './run-in-page.ts'

/** The client over the WebSockets of Firefox. */

const browser = await launchFirefox()
await runInPage(browser)
await browser.close()
process.exit()
