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

test('a session gives what had come before, even if the socket ends in the turn in which it is made', async () => {
  let goOn!: () => void
  const later = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const received = new Promise<string[]>((resolve) => {
    const client = testWsClient(
      () => async (socket) => {
        await later
        const texts: string[] = []
        const session = serverSession(socket)
        session.terminate()
        for await (const frame of session.incoming) {
          if (frame.type === 'text') texts.push(frame.readText())
        }
        resolve(texts)
      },
      '/',
    )
    client.send('one')
    client.send('two')
  })
  goOn()
  expect(await received).toEqual(['one', 'two'])
})
