import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { build, createServer, type InlineConfig } from 'vite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { site } from '../../examples/vite-page/server.ts'
import { node } from '../../src/node/index.ts'
import { serve } from '../../src/serving/engine.ts'
import { useChromium } from './support/chromium.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = `${ROOT}node_modules/.cache/vite-page/`

/** That of the example, and nothing left behind in its folder. */
const CONFIG: InlineConfig = {
  configFile: `${ROOT}examples/vite-page/vite.config.ts`,
  cacheDir: `${CACHE}vite`,
  logLevel: 'warn',
}

const open = useChromium()

/** Uses the page as two people would. */
async function vote(url: string): Promise<void> {
  const { page, errors, close } = await open(url)
  const other = await open(url)
  onTestFinished(other.close)
  onTestFinished(close)
  const shows = (where: Page, id: string): Promise<string | null> =>
    where.locator(`#${id}`).textContent()
  const both = (id: string): Promise<(string | null)[]> =>
    Promise.all([shows(page, id), shows(other.page, id)])

  await expect.poll(() => both('people')).toEqual(['2 here', '2 here'])
  await page.click('#tea')
  await page.click('#tea')
  await other.page.click('#coffee')
  await expect.poll(() => both('tally')).toEqual(['tea 2, coffee 1', 'tea 2, coffee 1'])

  await page.fill('[name=word]', 'añb')
  await page.click('#spell button')
  await expect.poll(() => page.locator('#letters li').allTextContents()).toEqual(['a', 'ñ', 'b'])
  await other.page.close()
  await expect.poll(() => shows(page, 'people')).toBe('1 here')
  expect([await shows(page, 'status'), errors]).toEqual(['', []])
}

describe('a page built by Vite', () => {
  test('has nothing of a server in it, and talks to ours', async () => {
    mkdirSync(CACHE, { recursive: true })
    const outDir = mkdtempSync(`${CACHE}built-`)
    onTestFinished(() => rmSync(outDir, { recursive: true }))
    const built = await build({ ...CONFIG, build: { outDir, emptyOutDir: true } })
    const outputs = [built].flat().flatMap((result) => ('output' in result ? result.output : []))
    const modules = outputs.flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []))
    const rooms = modules.map((path) => /\/(?:dist|src)\/([\w-]+)\//.exec(path)?.[1])
    expect(rooms).toContain('client')
    for (const room of ['node', 'serving', 'routing', 'filters', 'testing', 'cli']) {
      expect(rooms).not.toContain(room)
    }
    const server = await serve(site(pathToFileURL(`${outDir}/`)), node())
    onTestFinished(() => server.stop())
    await vote(server.url)
  })

  test("talks to ours on Vite's own server, and leaves Vite the socket it reloads pages by", async () => {
    const vite = await createServer({ ...CONFIG, server: { port: 0, host: '127.0.0.1' } })
    onTestFinished(() => vite.close())
    await vite.listen()
    const [url] = vite.resolvedUrls!.local
    await vote(url!)
  })
})
