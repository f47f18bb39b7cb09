import { beforeAll, describe } from 'vitest'
import type { BrowserPage } from '../../runtimes/browser.ts'
import { node } from '../../src/node/index.ts'
import { poly } from '../../src/routing/poly.ts'
import { serve } from '../../src/serving/engine.ts'
import { testDeflatePeer } from '../support/deflate-suite.ts'
import { BROWSERS, useBrowser } from './support/browsers.ts'

describe.each(BROWSERS)('a page of %s', (name) => {
  const open = useBrowser(name)
  let page: BrowserPage

  beforeAll(async () => {
    // Only a page of the local network may connect to it.
    const blank = () => new Response('', { headers: { 'Content-Type': 'text/html' } })
    const server = await serve(poly({ http: blank }), node())
    page = await open(server.url)
    return () => server.stop()
  })

  testDeflatePeer({
    name,
    async talk(url, _settings, messages) {
      const encoded = messages.map((message) => Buffer.from(message).toString('base64'))
      await page.evaluate(talkInPage, url, encoded)
    },
  })
})

/** Runs in the page. */
function talkInPage(url: string, messages: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    const sent = messages.values()
    let waiting = new Uint8Array()
    const next = (): void => {
      const { value, done } = sent.next()
      if (done === true) {
        socket.close()
        return
      }
      waiting = Uint8Array.from(atob(value), (character) => character.charCodeAt(0))
      socket.send(waiting)
    }
    socket.onopen = next
    socket.onmessage = ({ data }) => {
      const echo = new Uint8Array(data)
      const same = echo.length === waiting.length && echo.every((byte, i) => byte === waiting[i])
      if (same) next()
      else reject(new Error('it came back changed'))
    }
    socket.onclose = ({ code, wasClean }) => {
      if (wasClean) resolve()
      else reject(new Error(`closed with ${code}`))
    }
  })
}
