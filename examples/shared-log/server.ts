import { serve } from 'antiphon'
import { node } from 'antiphon/node'
import { createClient, type RedisClientType } from 'redis'
import { feed } from './feed.ts'
import { redisLog } from './redis-log.ts'

/**
 * It fails at once while Redis is away: who publishes is told so, and reading is tried again. Redis is away, too, if it
 * does not answer pings for 10 s; by itself, the client would not connect again after that.
 */
const client: RedisClientType = createClient({
  url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  disableOfflineQueue: true,
  pingInterval: 3_000,
  socket: { socketTimeout: 10_000, reconnectStrategy: (tries) => Math.min(100 * tries, 2_000) },
})
const listening: RedisClientType = client.duplicate()
for (const each of [client, listening]) {
  each.on('error', (error: Error) => console.error(`Redis: ${error.message}`))
  await each.connect()
}

const port = Number(process.env.PORT ?? 9000)
const server = await serve(feed(redisLog(client, listening)), node({ port }))
console.log(`feed: process ${process.pid} serves ${server.url}`)

process.once('SIGTERM', () => void leave())

async function leave(): Promise<void> {
  await server.stop()
  client.destroy()
  listening.destroy()
}
