import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { type Poly, poly } from 'antiphon'
import { poll } from './app.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** What Vite has built in `folder`, a URL that ends in a slash, beside the sockets it talks to: `serve(site(folder), node())`. */
export function site(folder: URL): Poly {
  const files = filesIn(folder)
  return poly({
    http({ url }) {
      const { pathname } = new URL(url)
      const file = files.get(pathname === '/' ? '/index.html' : pathname)
      return file?.clone() ?? new Response('not found', { status: 404 })
    },
    ws: poll(),
  })
}

function filesIn(folder: URL): ReadonlyMap<string, Response> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return new Map(
    paths.flatMap((path): [string, Response][] => {
      const type = TYPES[extname(path)]
      if (type === undefined) return []
      const response = new Response(readFileSync(new URL(path, folder)), {
        headers: { 'content-type': type },
      })
      return [[`/${path.replaceAll('\\', '/')}`, response]]
    }),
  )
}
