import { expect, test } from 'vitest'
import { listening, untilInterrupted, webSocketUrl } from '../../../src/cli/shared/listening.ts'
import { node } from '../../../src/node/engine.ts'
import { serve } from '../../../src/serving/engine.ts'
import { FakeShell } from '../../support/fake-shell.ts'

const place = { hostname: '127.0.0.1', port: 9 }

test('a port that is taken, or cannot be had, is said to be', async () => {
  const failing = (code: string): Promise<never> =>
    Promise.reject(Object.assign(new Error('why'), { code }))
  await expect(listening(failing('EADDRINUSE'), place)).rejects.toMatchObject({
    exitCode: 1,
    message: 'port 9 of 127.0.0.1 is in use: choose another one, or --port 0 for any free one',
  })
  await expect(listening(failing('EACCES'), place)).rejects.toThrow(
    'cannot listen on port 9 of 127.0.0.1: why',
  )
})

test('a server is stopped by the first signal, and the next one is left alone', async () => {
  const shell = new FakeShell()
  const server = await listening(
    serve(() => undefined, node({ port: 0 })),
    place,
  )
  expect(webSocketUrl(server)).toMatch(/^ws:\/\/[^/]+$/)
  await untilInterrupted(server, shell, () => shell.emit('SIGTERM'))
  expect(shell.listenerCount('SIGTERM')).toBe(0)
})
