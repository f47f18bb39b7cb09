import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { uploads } from '../../examples/upload.ts'
import { type Server, sendStream, serve } from '../../src/index.ts'
import { connect, node, SessionClient } from '../../src/node/index.ts'
import { expectClosed } from '../../src/testing/index.ts'

async function serving(): Promise<{ readonly server: Server; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'uploads-'))
  const server = await serve(uploads(folder), node({ webSockets: { onError() {} } }))
  onTestFinished(async () => {
    await server.stop({ drain: 0 })
    await rm(folder, { recursive: true })
  })
  return { server, folder }
}

const FILE = new Uint8Array(5_000_000).map((_, i) => i * 31)

test('a file that is sent as one message is on the disk, and comes back as one', async () => {
  const { server, folder } = await serving()
  const page = await fetch(server.url)
  expect(await page.text()).toContain("new WebSocket('/upload')")
  await using client = new SessionClient()
  const { id, sha256 } = await client.webSocket(`${server.url}/upload`, async (session) => {
    await session.send(FILE)
    const frame = await session.incoming.receive()
    return JSON.parse(new TextDecoder().decode(frame.data))
  })
  expect(sha256).toBe(createHash('sha256').update(FILE).digest('hex'))
  expect((await readFile(join(folder, id))).equals(FILE)).toBe(true)
  const back: Uint8Array[] = []
  const reader = connect(`${server.url}/files/${id}`)
  for await (const message of reader.received()) back.push(message.bytes())
  expect(back).toHaveLength(1)
  expect(Buffer.from(back[0]!).equals(FILE)).toBe(true)
  await expectClosed(connect(`${server.url}/files/none`), 1011)
})

test('a file whose upload breaks off is not kept', async () => {
  const { server, folder } = await serving()
  await using client = new SessionClient()
  await using session = await client.webSocketSession(`${server.url}/upload`)
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield FILE
    while ((await readdir(folder)).length === 0) yield FILE.subarray(0, 1)
    throw new Error('unplugged')
  }
  await expect(sendStream(session, broken())).rejects.toThrow('unplugged')
  await session.closed
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]))
})
