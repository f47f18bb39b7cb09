import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { releaseBatch, takeBatch } from '../../../src/node/stream/batch-pool.ts'
import { BY_STREAM } from '../../../src/node/stream/write-mode.ts'
import { keptOf } from '../../support/collect-garbage.ts'

test('a batch is kept with others, up to a bound', () => {
  const batches = Array.from({ length: 200 }, () => takeBatch(new Writable(), BY_STREAM))
  for (const batch of batches) releaseBatch(batch)
  const again = batches.map(() => takeBatch(new Writable(), BY_STREAM))
  expect(again.filter((batch) => batches.includes(batch))).toHaveLength(64)
})

test('a spare batch keeps no stream alive', async () => {
  expect(await keptOf(streamOfSpareBatch())).toBeUndefined()
})

function streamOfSpareBatch(): WeakRef<Writable> {
  const stream = new Writable()
  releaseBatch(takeBatch(stream, BY_STREAM))
  return new WeakRef(stream)
}
