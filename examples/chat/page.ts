import { readFile } from 'node:fs/promises'
import { bind, type HttpRouter, routes } from 'antiphon'

// As far up from examples/chat/ as from dist-examples/chat/.
const PUBLIC = new URL('../../examples/chat/public/', import.meta.url)

/** The page and what belongs to it. */
export const page: HttpRouter = routes(
  bind('/', file('index.html', 'text/html; charset=utf-8')),
  bind('/chat.css', file('chat.css', 'text/css; charset=utf-8')),
  bind('/chat.js', file('chat.js', 'text/javascript; charset=utf-8')),
  bind('/icon.svg', file('icon.svg', 'image/svg+xml')),
)

/** Read anew for each request, so that an edit shows on reload. */
function file(name: string, type: string): () => Promise<Response> {
  return async () =>
    new Response(await readFile(new URL(name, PUBLIC), 'utf8'), {
      headers: {
        'content-type': type,
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        // Not every browser takes 'self' to cover WebSockets.
        'content-security-policy': "default-src 'self'; connect-src 'self' ws: wss:",
      },
    })
}
