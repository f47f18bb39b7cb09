import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from '../../../runtimes/chromium.ts'

/** A page in a browser profile of its own: nothing is shared with another page. */
export interface BrowserPage {
  readonly page: Page
  /** What the page threw and wrote to the console as an error, as it comes. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

export type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<BrowserPage>

/** Starts the system's Chromium once for all tests of a file; fails them where there is none. */
export function useChromium(): OpenPage {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())
  return async (url, options) => {
    const context = await browser!.newContext(options)
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(url)
    return { page, errors, close: () => context.close() }
  }
}
