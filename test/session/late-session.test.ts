import { expect, test } from 'vitest'
import { serverSession } from '../../src/session/server-session.ts'
import { testWsClient } from '../../src/testing/index.ts'

test('a session made after the socket has closed still gives what had come before', async () => {
  let connected!: () => void
  const peerHasGone = new Promise<void>((resolve) => {
    connected = resolve
  })
  const received = new Promise<string[]>((resolve) => {
    const client = testWsClient(
      () => async (socket) => {
        await peerHasGone
        const texts: string[] = []
        for await (const frame of serverSession(socket).incoming) {
          if (frame.type === 'text') texts.push(frame.readText())
        }
        resolve(texts)
      },
      '/',
    )
    client.send('one')
    client.send('two')
    client.close()
  })
  connected()
  expect(await received).toEqual(['one', 'two'])
})
