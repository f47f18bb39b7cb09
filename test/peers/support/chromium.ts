import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'

/** A page in a browser profile of its own: nothing is shared with another page. */
export interface BrowserPage {
  readonly page: Page
  /** What the page threw and wrote to the console as an error, as it comes. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

export type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<BrowserPage>

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

/** Starts the system's Chromium once for all tests of a file; fails them where there is none. */
export function useChromium(): OpenPage {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: [...FLAGS] })
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

function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map((folder) => join(folder, 'chromium')).find(isExecutable)
  if (found !== undefined) return found
  throw new Error('there is no chromium on the PATH, which this test needs: apt install chromium')
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
