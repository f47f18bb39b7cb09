import { describe, expect, test } from 'vitest'
import { joinPieces, releaseJoined } from '../../../src/node/stream/joined-pieces.ts'
import { OutputBatch } from '../../../src/node/stream/output-batch.ts'
import { releaseSlab, SLAB_SIZE, takeSlab } from '../../../src/node/stream/slab-pool.ts'
import { Recorder } from '../recorder.ts'

const ONE = Buffer.from('one ')
const TWO = Buffer.from('two')

describe('joined pieces', () => {
  test('are joined once for all streams that get the same ones, one after the other', () => {
    const joined = joinPieces([ONE, TWO], 7)
    expect(joined.bytes.toString()).toBe('one two')
    releaseJoined(joined)
    expect(joinPieces([ONE, TWO], 7)).toBe(joined)
  })

  test('are joined anew if one of them differs, or there are more', () => {
    releaseJoined(joinPieces([ONE, TWO], 7))
    const others = joinPieces([ONE, Buffer.from('two')], 7)
    releaseJoined(joinPieces([ONE, TWO], 7))
    expect(joinPieces([ONE, TWO], 7)).not.toBe(others)
    releaseJoined(joinPieces([ONE, TWO], 7))
    expect(joinPieces([ONE, TWO, ONE], 11).bytes.toString()).toBe('one twoone ')
  })

  test('are nobody else’s until they are given back', () => {
    const joined = joinPieces([ONE, TWO], 7)
    const again = joinPieces([ONE, TWO], 7)
    expect(again.slab.buffer).not.toBe(joined.slab.buffer)
    releaseJoined(again)
    releaseJoined(joined)
  })

  test('give back the slab of those before them', () => {
    const first = joinPieces([ONE, TWO], 7)
    releaseJoined(first)
    releaseJoined(joinPieces([TWO, ONE], 7))
    const slab = takeSlab(SLAB_SIZE)
    expect(slab).toBe(first.slab)
    releaseSlab(slab)
  })

  test('stay with a slow stream, whatever is written to others', () => {
    const streams = [new Recorder(true), new Recorder(), new Recorder(true), new Recorder()]
    for (const [i, stream] of streams.entries()) {
      const batch = new OutputBatch(stream, { slabs: true, direct: false })
      const last = i < 3 ? TWO : Buffer.from('six')
      for (const piece of [ONE, last]) batch.append(piece)
      batch.flush()
    }
    expect(streams.map(({ text }) => text)).toEqual([
      ['one two'],
      ['one two'],
      ['one two'],
      ['one six'],
    ])
  })
})
