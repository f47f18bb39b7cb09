import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { type ChromiumPage, openChromium, startChromium } from '../../../runtimes/chromium.ts'

/** Starts the system's Chromium once for all tests of a file that use pages as people do; fails them where there is none. */
export function useChromium(): (url: string) => Promise<ChromiumPage> {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser?.close())
  return (url) => openChromium(browser!, url)
}
