import { launchChromium } from './chromium.ts'
import { runInPage } from './run-in-page.ts'

/** The client over the WebSockets of Chromium. */

const browser = await launchChromium()
await runInPage(browser)
await browser.close()
process.exit()
