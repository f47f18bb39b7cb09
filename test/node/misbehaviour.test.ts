import { expect, test } from 'vitest'
import { child } from '../support/child.ts'

test('nothing that a consumer, a listener, a hook or a peer does ends the process', async () => {
  const { code, output, errors } = await child('misbehaviour')
  expect(output.split('\n')).toEqual([
    'consumer 1011',
    'consumer-async 1011',
    'string 1011',
    'message 1011',
    'message-async 1011',
    'pong 1011',
    'handler -1',
    'handler-async -1',
    'error 1000',
    'error-async 1000',
    'close 1000',
    'close-async 1000',
    'hooks',
    'bytes',
    'clients',
    'done',
    '',
  ])
  // One line for each fault of the application, and none for what peers do.
  const lines = errors.split('\n').filter((line) => line.startsWith('antiphon: '))
  expect(lines.map((line) => line.replace('antiphon: a handler or listener failed ', ''))).toEqual([
    'Error: consumer threw',
    'Error: consumer rejected',
    'Error: a string',
    'Error: message listener threw',
    'Error: message listener rejected',
    'Error: pong listener threw',
    'Error: handler threw',
    'Error: handler rejected',
    'Error: error listener threw',
    'Error: error listener rejected',
    'Error: close listener threw',
    'Error: close listener rejected',
    'antiphon: the onError hook failed Error: hook threw',
    'antiphon: the onError hook failed Error: hook rejected',
    'antiphon: the onError hook failed Error: hook threw',
    'antiphon: the onError hook failed Error: hook rejected',
    'Error: client consumer threw',
    'WebSocketConnectException: cannot connect to ws://127.0.0.1:1/: connect ECONNREFUSED 127.0.0.1:1',
    'Error: client close listener threw',
  ])
  const other = errors
    .split('\n')
    .filter((line) => /^\S/.test(line) && !/^(antiphon: |caused by |})/.test(line))
  expect(other).toEqual([])
  expect(code).toBe(0)
})
