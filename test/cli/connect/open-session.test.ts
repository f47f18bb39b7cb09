import { expect, test } from 'vitest'
import { openSession } from '../../../src/cli/connect/open-session.ts'
import { echoing, serving } from '../../support/load-rig.ts'

test('a session is opened over a socket that was decorated before anything was read', async () => {
  await using server = await serving((request) => (socket) => {
    socket.send('at once')
    return echoing(request)
  })
  const seen: string[] = []
  const session = await openSession(
    server.url,
    {},
    (next) => (socket) => {
      socket.onMessage((message) => seen.push(message.text()))
      return next(socket)
    },
    false,
  )
  expect(await session.incoming.receive()).toMatchObject({ type: 'text' })
  expect(seen).toEqual(['at once'])
  expect(session.call.response.status).toBe(101)
  await session.close()
})

test('a refusal rejects', async () => {
  await using server = await serving(() => new Response('no', { status: 403 }))
  const opening = openSession(server.url, {}, (next) => next, false)
  await expect(opening).rejects.toMatchObject({ status: 403 })
})
