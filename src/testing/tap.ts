import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

/** A relay to a server of this machine, for one connection. */
export interface Tap {
  readonly port: number
  /** What has gone to the server. */
  sent(): Uint8Array
}

export async function tapTo(port: number): Promise<Tap> {
  const chunks: Buffer[] = []
  const listener = createServer((near) => {
    listener.close()
    near.on('data', (chunk) => chunks.push(chunk))
    // Whatever ends one side ends the other.
    pipeline(near, connect(port, '127.0.0.1'), near, () => {})
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new TypeError('a tap needs a port')
  return { port: address.port, sent: () => Buffer.concat(chunks) }
}
