import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy to a port, which changes the bytes of clients once it is told to. */
export interface CorruptingProxy extends AsyncDisposable {
  readonly port: number
  corrupt(): void
}

export async function corruptingProxy(port: number): Promise<CorruptingProxy> {
  const sockets: Socket[] = []
  let sound = true
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1' })
    sockets.push(near, far)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.on('data', (chunk) => {
      if (!sound) chunk[chunk.length - 1]! ^= 1
      far.write(chunk)
    })
    near.on('end', () => far.end())
    far.pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    corrupt() {
      sound = false
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
