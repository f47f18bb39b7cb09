import { describe, expect, test } from 'vitest'
import { runExample } from '../../examples/run.ts'
import { connect } from '../../src/node/index.ts'
import { expectRefused } from '../../src/testing/index.ts'

describe('the runner of examples', () => {
  test.each([
    ['auth-room', '/room', 401],
    ['automarshalling', '/nothing', 404],
    ['dashboard', '/nothing', 404],
    ['express', '/nothing', 404],
    ['hono', '/nothing', 404],
    ['mixing-http-and-websockets', '/a/b', 404],
    ['typed-game-loop', '/nothing', 404],
  ])('serves %s', async (name, path, status) => {
    const { url, stop } = await runExample(name, 0)
    await expectRefused(connect(url.replace('http', 'ws') + path), status)
    await stop()
  })

  test.each(['chat', '', 'constructor'])('knows no example %j', async (name) => {
    await expect(runExample(name, 0)).rejects.toThrow(
      `there is no example '${name}': give one of auth-room, automarshalling, `,
    )
  })
})
