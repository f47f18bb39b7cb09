import { chromium, type Page, type Browser as PlaywrightBrowser } from 'playwright-core'
import { type Browser, browserPath, evaluator } from './browser.ts'

/** A page as Playwright drives it, in a profile of its own. */
export interface ChromiumPage {
  readonly page: Page
  /** What the page threw and wrote to the console as an error, as it comes. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

const FLAGS: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the system's Chromium for Playwright. Rejects where there is none. */
export async function startChromium(): Promise<PlaywrightBrowser> {
  return await chromium.launch({ executablePath: browserPath('chromium'), args: [...FLAGS] })
}

/** Loads a page. `print` gets what it throws and writes to the console. */
export async function openChromium(
  browser: PlaywrightBrowser,
  url: string,
  print?: (line: string) => unknown,
): Promise<ChromiumPage> {
  // The certificate of the tests is not in the browser's store.
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => {
    errors.push(String(error))
    print?.(String(error))
  })
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
    print?.(message.text())
  })
  await page.goto(url)
  return { page, errors, close: () => context.close() }
}

/** Starts the system's Chromium, to be used as any other browser. Rejects where there is none. */
export async function launchChromium(): Promise<Browser> {
  const browser = await startChromium()
  return {
    async open(url, print) {
      const { page, errors, close } = await openChromium(browser, url, print)
      const evaluate = evaluator((expression) => page.evaluate<string>(expression))
      return { evaluate, errors, close }
    },
    close: () => browser.close(),
  }
}
