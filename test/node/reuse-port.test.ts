import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../../src/node/client/connect.ts'
import { node } from '../../src/node/engine.ts'
import { serve } from '../../src/serving/engine.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { Server } from '../../src/websocket/server.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const can = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)

function named(name: string, port: number): Promise<Server> {
  return serve(() => (socket) => void socket.send(name), node({ port, reusePort: true }))
}

afterEach(() => vi.unstubAllGlobals())

describe('servers that share a port', () => {
  test.runIf(can && process.platform === 'linux')('get some of the connections each', async () => {
    await using first = await named('first', 0)
    await using _second = await named('second', first.port)
    const heard = await Promise.all(
      Array.from({ length: 64 }, async () => {
        await using client = connect(first.url.replace('http', 'ws'))
        for await (const message of client.received()) return message.text()
        return undefined
      }),
    )
    // That all 64 go to one of them is as likely as 64 coins that all fall alike.
    expect(new Set(heard)).toEqual(new Set(['first', 'second']))
  })

  test.each(['20.20.2', '22.11.0', '23.0.0'])('are not on Node %s, which says so', async (node) => {
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, node } })
    const starting = named('first', 0)
    await expect(starting).rejects.toThrow(NotSupportedException)
    await expect(starting).rejects.toThrow(
      `reusePort takes Node 22.12 or 23.1 or later, and this is ${node}`,
    )
  })

  test('are not on Bun by the modules of Node, which says what shares it there', async () => {
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, bun: '1.4.5' } })
    const starting = named('first', 0)
    await expect(starting).rejects.toThrow(NotSupportedException)
    await expect(starting).rejects.toThrow(
      'and this is Bun: share the port by node:cluster or bun()',
    )
  })

  test('are not there unless they are asked for', async () => {
    await using first = await serve(() => () => {}, node())
    const second = serve(() => () => {}, node({ port: first.port }))
    await expect(second).rejects.toThrow('EADDRINUSE')
  })
})
