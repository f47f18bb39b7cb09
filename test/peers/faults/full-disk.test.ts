import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { record } from '../../../src/filters/record.ts'
import { connect } from '../../../src/node/client/connect.ts'
import { node } from '../../../src/node/engine.ts'
import { recordFile } from '../../../src/node/record-file.ts'
import { serve } from '../../../src/serving/engine.ts'
import { smallDisk } from '../support/system.ts'

test('a full disk ends the recording, and no connection', async () => {
  using disk = smallDisk(64)
  const path = join(disk.folder, 'traffic.jsonl')
  const failures: Error[] = []
  const faults: Error[] = []
  {
    await using file = recordFile(path, { onError: (error) => failures.push(error) })
    const webSockets = { onError: (error: Error) => faults.push(error) }
    await using server = await serve(
      () => record(file)((socket) => socket.onMessage((message) => socket.send(message))),
      node({ webSockets }),
    )
    for (const name of ['first', 'second']) {
      const client = connect(server.url)
      const echoes: string[] = []
      // A KiB each, recorded twice: the disk is full before the first client is done.
      for (let i = 0; i < 100; i++) {
        client.send(`${name} ${i} ${'x'.repeat(1_000)}`)
        for await (const message of client.received()) {
          echoes.push(message.text().slice(0, 10))
          break
        }
      }
      client.close()
      expect((await client.closed).code).toBe(1000)
      expect(echoes).toHaveLength(100)
      expect(echoes[99]).toMatch(`${name} 99`)
    }
  }
  expect(failures).toMatchObject([{ code: 'ENOSPC' }])
  expect(faults).toEqual([])
  const lines = (await readFile(path, 'utf8')).split('\n')
  expect(lines.length).toBeGreaterThan(30)
  // All but the last line, which the disk may have cut, are whole.
  for (const line of lines.slice(0, -1)) expect(JSON.parse(line)).toHaveProperty('kind')
})
