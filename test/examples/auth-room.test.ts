import { describe, expect, test } from 'vitest'
import { authRoom } from '../../examples/auth-room.ts'
import type { WsRouter } from '../../src/index.ts'
import {
  expectMessages,
  expectRefused,
  type TestWsClient,
  testWsClient,
} from '../../src/testing/index.ts'

const room = (): WsRouter => authRoom({ 'ann-token': 'ann', 'ben-token': 'ben' })

function enter(app: WsRouter, token: string): TestWsClient {
  return testWsClient(app, '/room', { headers: { authorization: `Bearer ${token}` } })
}

describe('the room', () => {
  test('knows its members by their tokens', async () => {
    const app = room()
    const ann = enter(app, 'ann-token')
    const ben = testWsClient(app, '/room?token=ben-token')
    ben.send('hello')
    ben.close()
    await expectMessages(ann, ['ann is here', 'ben is here', 'ben: hello', 'ben has left'])
    await expectMessages(ben, ['ben is here', 'ben: hello'])
  })

  test('turns others away with a challenge', async () => {
    const stranger = await expectRefused(testWsClient(room(), '/room'), 401)
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer realm="websocket"')
    const forger = await expectRefused(enter(room(), 'ann-tokem'), 401)
    expect(forger.headers.get('www-authenticate')).toContain('invalid_token')
  })
})
