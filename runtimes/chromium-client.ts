import { type FrameSocket, poly, serve } from 'antiphon'
import { node } from 'antiphon/node'
import { contractAppWithFrames } from 'antiphon/testing'
import { build } from 'esbuild'
import { launchChromium } from './chromium.ts'
import { pathTo } from './root.ts'

/** The client over the WebSockets of Chromium, in a page of our server. */

const { outputFiles } = await build({
  entryPoints: [pathTo('dist-runtimes/runtimes/page.js')],
  bundle: true,
  write: false,
  format: 'esm',
  // Nothing that is used has them.
  external: ['node:*'],
  // Not the sources, to which the one of the repository points.
  tsconfigRaw: '{}',
  logLevel: 'error',
})
const head = '<!doctype html><title>antiphon</title><link rel="icon" href="data:,">'
const html = `${head}<script type="module">${outputFiles[0]!.text}</script>`

const app = contractAppWithFrames()
const server = await serve(
  poly<FrameSocket>({
    http: (request) =>
      new URL(request.url).pathname === '/'
        ? new Response(html, { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
        : app.http(request),
    ws: app.ws,
  }),
  node(),
)
const browser = await launchChromium()
const page = await browser.newPage()
page.on('console', (message) => console.log(message.text()))
page.on('pageerror', (error) => console.error(error))
const ended = page.waitForEvent('console', {
  predicate: (message) => message.text() === '{"antiphon":"end"}',
  timeout: 0,
})
await page.goto(server.url)
await ended
await browser.close()
process.exit()
