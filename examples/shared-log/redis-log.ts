import type { LogEntry, TopicLog } from 'antiphon'
import { RESP_TYPES, type RedisClientType } from 'redis'

const ID = /^\d{1,19}-\d{1,19}$/

/** A stream in Redis for each topic, and a notification for each entry. A client that listens can do nothing else. */
export function redisLog(
  client: RedisClientType,
  listening: RedisClientType,
  entries = 1_000,
): TopicLog {
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  const keyOf = (topic: string): string => `topic:${topic}`
  const TRIM = { strategy: 'MAXLEN', strategyModifier: '~', threshold: entries } as const
  return {
    async append(topic, payload) {
      const key = keyOf(topic)
      const added = client.multi().xAdd(key, '*', { payload: Buffer.from(payload) }, { TRIM })
      const [id] = await added.publish(key, '').execTyped()
      return id
    },
    async read(topic, from, limit) {
      if (from !== undefined && !ID.test(from)) return []
      return entriesOf(await binary.xRange(keyOf(topic), from ?? '-', '+', { COUNT: limit }))
    },
    async last(topic, count) {
      const newest = await binary.xRevRange(keyOf(topic), '+', '-', { COUNT: count })
      return entriesOf(newest).reverse()
    },
    async watch(topic, wake) {
      const key = keyOf(topic)
      await listening.subscribe(key, wake)
      return () => listening.unsubscribe(key, wake)
    },
  }
}

interface StreamEntry {
  readonly id: Buffer
  readonly message: Readonly<Record<string, Buffer>>
}

function entriesOf(found: readonly StreamEntry[] | null): LogEntry[] {
  return (found ?? []).map(({ id, message: { payload } }) => ({
    id: String(id),
    payload: payload ?? Buffer.of(),
  }))
}
