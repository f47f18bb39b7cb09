import { afterAll, beforeAll } from 'vitest'
import type { Browser } from '../../../runtimes/browser.ts'
import { launchChromium } from '../../../runtimes/chromium.ts'
import { launchFirefox } from '../../../runtimes/firefox.ts'

export type BrowserName = 'Chromium' | 'Firefox'

export const BROWSERS: readonly BrowserName[] = ['Chromium', 'Firefox']

const LAUNCH: Readonly<Record<BrowserName, () => Promise<Browser>>> = {
  Chromium: launchChromium,
  Firefox: launchFirefox,
}

/** Starts a browser of the system once for all tests of a file or a `describe`; fails them where there is none. */
export function useBrowser(name: BrowserName): Browser['open'] {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await LAUNCH[name]()
  })
  afterAll(() => browser?.close())
  return (...args) => browser!.open(...args)
}
