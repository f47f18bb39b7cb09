import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { feed } from '../../examples/shared-log/feed.ts'
import { memoryLog, type TestWsClient, testWsClient } from '../../src/testing/index.ts'

async function heard(client: TestWsClient, count: number): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const message of client.received()) if (texts.push(message.text()) === count) break
  return texts
}

test('a feed has those who come back hear what they missed, from another process, too', async () => {
  const log = memoryLog()
  const [before, after] = [feed(log), feed(log)]
  const ann = testWsClient(before, '/rooms/tea')
  expect(await heard(ann, 1)).toEqual(['{"recovered":false}'])
  for (const text of ['a', 'b', 'c']) ann.send(text)
  expect(await heard(ann, 3)).toEqual([
    '{"id":"1","text":"a"}',
    '{"id":"2","text":"b"}',
    '{"id":"3","text":"c"}',
  ])
  const again = testWsClient(after, '/rooms/tea?after=1')
  expect(await heard(again, 3)).toEqual([
    '{"id":"2","text":"b"}',
    '{"id":"3","text":"c"}',
    '{"recovered":true}',
  ])
  const late = testWsClient(after, '/rooms/tea?after=none')
  expect((await heard(late, 4)).at(-1)).toBe('{"recovered":false}')
  for (const client of [ann, again, late]) client.close()
})

test('a feed keeps nothing that is no text', async () => {
  const log = memoryLog()
  const ann = testWsClient(feed(log), '/rooms/tea')
  await heard(ann, 1)
  ann.send(new Uint8Array([0xff]))
  await ann.closed.catch(() => {})
  expect(log.last('tea', 9)).toEqual([])
})

test('the log for Redis in the documentation is the one that is tested', () => {
  const read = (path: string): string =>
    readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  expect(read('docs/topics.md')).toContain(`\n${read('examples/shared-log/redis-log.ts')}\`\`\`\n`)
})
