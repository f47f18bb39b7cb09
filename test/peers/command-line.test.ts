import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoadReport } from '../../src/cli/load/report.ts'
import type { PeerServer } from '../support/peers/peer.ts'
import { antiphon, Program } from '../support/program.ts'
import { checkPython, pythonClient, startPythonServer } from './support/python.ts'

const folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
const path = join(folder, 'recording')
let server: PeerServer

beforeAll(async () => {
  checkPython()
  server = await startPythonServer(false)
  await using client = new Program(
    antiphon('connect', `${server.url}/room`, '--message', 'a', '--count', '1', '--record', path),
  )
  await client.exited
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

describe("the command line and Python's websockets", () => {
  test('load counts what the server echoes, compressed too, and all connections end well', async () => {
    await using load = new Program(
      antiphon(
        'load',
        server.url,
        '--connections',
        '20',
        '--messages',
        '50',
        '--deflate',
        '--json',
      ),
    )
    expect(await load.exited).toBe(0)
    const report: LoadReport = JSON.parse(load.output.text)
    expect(report).toMatchObject({
      connections: { opened: 20, closed: [{ kind: '1000', count: 20 }] },
      messages: { sent: 1_000, received: 1_000, bytesReceived: 32_000, unanswered: 0, unsent: 0 },
    })
    expect(report.messages.latency).toMatchObject({ count: 1_000 })
  })

  test('what was recorded with the server is what it does again', async () => {
    await using replay = new Program(antiphon('replay', path, server.url, '--fast'))
    expect(await replay.exited).toBe(0)
    expect(replay.output.text).toBe('')
    expect(replay.errors.text).toMatch(/^\d entries replayed: 0 differences\n$/)
  })

  test('a client gets from a recording what the server had sent', async () => {
    await using replay = new Program(antiphon('replay', path, '--port', '0', '--fast'))
    const [, url = ''] = await replay.output.until(/^listening on (\S+)\n/)
    const client = await pythonClient.open(url)
    client.send('a')
    expect(await client.receive()).toBe('a')
    client.send('more')
    client.close()
    expect(await client.closed).toEqual({ code: 1000, reason: '' })
    await replay.errors.until(/^connection 1: nothing more was recorded, and text more came\n$/)
  })
})
