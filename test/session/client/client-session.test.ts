import { expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import {
  clientSession,
  DelegatingClientWebSocketSession,
} from '../../../src/session/client/client-session.ts'
import { rig } from '../../support/socket-rig.ts'

const response = { status: 101, headers: new Headers({ 'X-Node': '7' }) }

test('a session of a client knows the request and the response that opened it', () => {
  const { socket } = rig({ role: 'client' })
  const { call } = clientSession({ socket, response })
  expect(call.request).toBe(socket.upgradeRequest)
  expect(call.response.headers.get('x-node')).toBe('7')
})

test('a session of a client may stand for any other session', async () => {
  const { socket, peer } = rig({ role: 'client' })
  const { call } = clientSession({ socket, response })
  const delegate = clientSession({ socket, response })
  class Shouting extends DelegatingClientWebSocketSession {
    override close(): ReturnType<DelegatingClientWebSocketSession['close']> {
      return super.close(new CloseReason(4000, 'ENOUGH'))
    }
  }
  const session = new Shouting(delegate, call)
  expect(session.call).toBe(call)
  expect(session.incoming).toBe(delegate.incoming)
  const closed = session.close()
  peer.send('88 02 0fa0')
  expect(await closed).toMatchObject({ local: { code: 4000, message: 'ENOUGH' } })
})
