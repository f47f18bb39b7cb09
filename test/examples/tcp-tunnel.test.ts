import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { tunnel } from '../../examples/tcp-tunnel.ts'
import { type Server, serve } from '../../src/index.ts'
import { connect, node } from '../../src/node/index.ts'
import { expectClosed } from '../../src/testing/index.ts'

interface Tcp extends AsyncDisposable {
  readonly port: number
}

async function tcp(serveOne: (socket: Socket) => unknown): Promise<Tcp> {
  const server = createServer(serveOne).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A tunnel to a port; what it reports fails the test that looks. */
function tunnelTo(port: number, heard: string[]): Promise<Server> {
  const onError = (error: Error): void => void heard.push(error.message)
  return serve(tunnel({ port, host: '127.0.0.1' }), node({ webSockets: { onError } }))
}

test('what a session sends comes back from a TCP server that echoes, in order', async () => {
  await using echo = await tcp((socket) => socket.pipe(socket))
  const faults: string[] = []
  await using server = await tunnelTo(echo.port, faults)
  const client = connect(`${server.url}/tunnel`)
  const sent = new Uint8Array(3_000_000).map((_, i) => i * 31)
  for (let i = 0; i < sent.length; i += 500_000) client.send(sent.subarray(i, i + 500_000))
  client.send('')
  client.send('the end')
  const back: Uint8Array[] = []
  for await (const message of client.received()) {
    back.push(message.bytes())
    if (Buffer.concat(back).byteLength >= sent.byteLength + 7) break
  }
  const end = Buffer.from('the end')
  expect(Buffer.concat(back).equals(Buffer.concat([sent, end]))).toBe(true)
  client.close()
  await expectClosed(client, 1000)
  await server.stop()
  expect(faults).toEqual([])
})

test('the session ends where the TCP connection does', async () => {
  await using greeter = await tcp((socket) => socket.end('good day'))
  const faults: string[] = []
  await using server = await tunnelTo(greeter.port, faults)
  const client = connect(`${server.url}/tunnel`)
  const heard: string[] = []
  for await (const message of client.received()) heard.push(message.text())
  expect(heard).toEqual(['good day'])
  await expectClosed(client, 1000)
  await server.stop()
  expect(faults).toEqual([])
})

test('the TCP connection ends where the session does', async () => {
  const ended: unknown[] = []
  await using reader = await tcp((socket) => ended.push(once(socket.resume(), 'end')))
  const faults: string[] = []
  await using server = await tunnelTo(reader.port, faults)
  const client = connect(`${server.url}/tunnel`)
  client.send('hello')
  client.close()
  await expectClosed(client, 1000)
  await Promise.all(ended)
  await server.stop()
  expect(faults).toEqual([])
})

test('a TCP server that cannot be reached ends the session with 1011', async () => {
  const gone = await tcp(() => {})
  await gone[Symbol.asyncDispose]()
  const faults: string[] = []
  await using server = await tunnelTo(gone.port, faults)
  await expectClosed(connect(`${server.url}/tunnel`), 1011)
  expect(faults).toEqual([`connect ECONNREFUSED 127.0.0.1:${gone.port}`])
})

test('a TCP connection that breaks while the session is quiet ends it with 1011', async () => {
  await using fragile = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const faults: string[] = []
  await using server = await tunnelTo(fragile.port, faults)
  const client = connect(`${server.url}/tunnel`)
  client.send('hello')
  await expectClosed(client, 1011)
  expect(faults).toEqual(['read ECONNRESET'])
})
