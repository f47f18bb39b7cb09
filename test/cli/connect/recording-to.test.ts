import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordingTo } from '../../../src/cli/connect/recording-to.ts'
import { readCassette, testWsClient } from '../../../src/testing/index.ts'

test('a recording has the form that a server makes, without what went wrong on this side', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
  const recording = recordingTo(join(folder, 'a'), () => {})
  const { filter } = recording
  const consumer = filter((socket) => {
    socket.send('mine')
    socket.onMessage(() => {
      throw new Error('mine, too')
    })
  })
  const client = testWsClient(() => consumer, '/', { webSockets: { onError() {} } })
  client.send('theirs')
  client.close()
  await client.closed
  await recording.close()
  const entries = readCassette(readFileSync(join(folder, 'a'), 'utf8'))
  rmSync(folder, { recursive: true })
  expect(recording.failed()).toBe(false)
  expect(entries).toMatchObject([
    { kind: 'open' },
    { kind: 'message', direction: 'in', text: 'mine' },
    { kind: 'message', direction: 'out', text: 'theirs' },
    { kind: 'close' },
  ])
})

test('a file that cannot be written is told of once', async () => {
  const told: string[] = []
  const recording = recordingTo('/no/such/folder/file', (line) => told.push(line))
  await recording.close()
  expect(recording.failed()).toBe(true)
  expect(told).toEqual([expect.stringMatching(/^recording has stopped: ENOENT/)])
})
