import cluster from 'node:cluster'
import type { Broker } from 'antiphon'

interface Published {
  readonly topic: string
  readonly payload: Uint8Array
}

/** In the primary: passes on to every worker what one of them publishes. */
export function relay(): void {
  // The default, JSON, has no bytes.
  cluster.setupPrimary({ serialization: 'advanced' })
  cluster.on('message', (from, published: Published) => {
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== from && worker?.isConnected()) worker.send(published)
    }
  })
}

/** In a worker: topics by way of the primary. */
export function ipcBroker(): Broker {
  const receivers = new Map<string, (payload: Uint8Array) => void>()
  process.on('message', ({ topic, payload }: Published) => receivers.get(topic)?.(payload))
  return {
    publish: (topic, payload) => process.send?.({ topic, payload }),
    subscribe(topic, receive) {
      receivers.set(topic, receive)
      return () => receivers.delete(topic)
    },
  }
}
