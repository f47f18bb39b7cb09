import { attach } from 'antiphon/node'
import type { Plugin, PreviewServer, UserConfig, ViteDevServer } from 'vite'
import { poll } from './app.ts'

/** Our sockets on Vite's own server. The one that Vite reloads pages by is left to Vite. */
function sockets({ httpServer }: ViteDevServer | PreviewServer): void {
  if (httpServer !== null) attach(httpServer, poll())
}

const plugin: Plugin = {
  name: 'sockets',
  configureServer: sockets,
  configurePreviewServer: sockets,
}

const config: UserConfig = { root: import.meta.dirname, plugins: [plugin] }

export default config
