import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { record } from '../../src/filters/record.ts'
import type { TrafficEntry } from '../../src/filters/traffic-entry.ts'
import { recordFile } from '../../src/node/record-file.ts'
import { testWsClient } from '../../src/testing/offline/test-ws-client.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-file-'))
  path = join(folder, 'traffic.jsonl')
})

afterEach(() => rm(folder, { recursive: true }))

const close: TrafficEntry = { connection: 1, at: 0, kind: 'close', code: 1000, reason: '' }
const echo: WsConsumer = (socket) => socket.onMessage((message) => socket.send(message))

async function lines(): Promise<unknown[]> {
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('recordFile', () => {
  test('writes one line of JSON for each entry, and adds to what is there', async () => {
    for (const text of ['first\nline', 'second']) {
      await using file = recordFile(path)
      const client = testWsClient(() => record(file)(echo))
      client.send(text)
      client.close()
      await client.closed
    }
    expect(await lines()).toMatchObject([
      { kind: 'open' },
      { kind: 'message', direction: 'in', text: 'first\nline' },
      { kind: 'message', direction: 'out', text: 'first\nline' },
      { kind: 'close', code: 1000 },
      { kind: 'open' },
      { text: 'second' },
      { text: 'second' },
      { kind: 'close' },
    ])
  })

  test.skipIf(process.platform === 'win32')('makes a file that only its owner reads', async () => {
    const file = recordFile(path)
    file(close)
    await file.close()
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('writes nothing after it is closed, which may happen twice', async () => {
    const errors: Error[] = []
    const file = recordFile(path, { onError: (error) => errors.push(error) })
    file(close)
    await file.close()
    file(close)
    await file.close()
    expect(await lines()).toEqual([close])
    expect(errors).toEqual([])
  })

  test('says once that it cannot write, and harms no connection', async () => {
    const errors: Error[] = []
    let failed = (): void => {}
    const failure = new Promise<void>((resolve) => {
      failed = resolve
    })
    const file = recordFile(join(folder, 'missing', 'file'), {
      onError(error) {
        errors.push(error)
        failed()
      },
    })
    const client = testWsClient(() => record(file)(echo))
    client.send('before')
    await failure
    client.send('after')
    expect([...client.received()].map((message) => message.text())).toEqual(['before', 'after'])
    client.close()
    expect((await client.closed).code).toBe(1000)
    await file.close()
    expect(errors).toMatchObject([{ code: 'ENOENT' }])
  })

  test.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    const errors: Error[] = []
    const file = recordFile('/dev/full', { onError: (error) => errors.push(error) })
    file(close)
    await file.close()
    expect(errors).toMatchObject([{ code: 'ENOSPC' }])
  })

  test('gives up on a disk that is too slow', async () => {
    const errors: Error[] = []
    const file = recordFile(path, { onError: (error) => errors.push(error) })
    const large: TrafficEntry = {
      connection: 1,
      at: 0,
      kind: 'message',
      direction: 'in',
      mode: 'text',
      text: 'x'.repeat(6 * 1024 * 1024),
    }
    for (let i = 0; i < 5; i++) file(large)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toMatch(/written too slowly: \d+ bytes wait/)
    await file.close()
  })

  test('refuses an option that it does not know', () => {
    const misspelt: object = { onerror() {} }
    expect(() => recordFile(folder, misspelt)).toThrow('recordFile() has no option onerror')
  })

  test('survives an onError that throws, and writes to the console without one', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const file = recordFile(folder, {
      onError: () => {
        throw new Error('hook')
      },
    })
    await file.close()
    await recordFile(folder).close()
    expect(logged.mock.calls.map(([text]) => text)).toEqual([
      'antiphon: the onError of recordFile failed',
      'antiphon: recording has stopped',
    ])
    logged.mockRestore()
  })
})
