import { serve } from 'antiphon'
import { node } from 'antiphon/node'
import { chat } from './app.ts'

const port = Number(process.env.PORT || 9000)

try {
  const server = await serve(chat(), node({ port, webSockets: { pingInterval: 30_000 } }))
  console.log(`chat: ${server.url}/`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop())
  }
} catch (error) {
  console.error(`chat: ${reasonOf(error)}`)
  process.exitCode = 1
}

function reasonOf(error: unknown): string {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? `port ${port} is in use; choose another with PORT=9001 npm start` : String(error)
}
