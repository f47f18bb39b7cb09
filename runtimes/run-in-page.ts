import { type FrameSocket, poly, serve } from 'antiphon'
import { node } from 'antiphon/node'
import { contractAppWithFrames } from 'antiphon/testing'
import { build } from 'esbuild'
import type { Browser } from './browser.ts'
import { pathTo } from './root.ts'

/** Runs the suites of `page.ts` in a page of our server, and prints what the page prints, to the end of its report. */
export async function runInPage(launch: () => Promise<Browser>): Promise<void> {
  const browser = await launch()
  const html = await pageOf('dist-runtimes/runtimes/page.js')
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
  await new Promise<void>((resolve, reject) => {
    const print = (line: string): void => {
      if (line.startsWith('{"antiphon"')) console.log(line)
      else console.error(line)
      if (line === '{"antiphon":"end"}') resolve()
    }
    browser.open(server.url, print).catch(reject)
  })
  await browser.close()
  await server.stop()
}

async function pageOf(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathTo(script)],
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
  return `${head}<script type="module">${outputFiles[0]!.text}</script>`
}
