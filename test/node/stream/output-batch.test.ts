import type { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { OutputBatch } from '../../../src/node/stream/output-batch.ts'
import {
  LARGE_SLAB_SIZE,
  releaseSlab,
  SLAB_SIZE,
  takeSlab,
} from '../../../src/node/stream/slab-pool.ts'
import { Recorder } from '../recorder.ts'

function put(batch: OutputBatch, text: string): void {
  const target = batch.reserve(text.length)
  batch.position += target.write(text, batch.position)
}

describe('an output batch', () => {
  test('writes what one chunk causes in one piece, in one slab', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = true
    put(batch, 'one ')
    put(batch, 'two ')
    batch.append(Buffer.from('three'))
    expect(batch.length).toBe(13)
    expect(batch.flush()).toBe(true)
    expect(batch.length).toBe(0)
    expect(stream.text).toEqual(['one two three'])
    expect(stream.chunks[0]!.buffer.byteLength).toBe(SLAB_SIZE)
  })

  test('uses a slab again once the stream has taken it', () => {
    const [first, second] = [new Recorder(), new Recorder()]
    for (const stream of [first, second]) {
      const batch = new OutputBatch(stream, { slabs: true, direct: false })
      batch.mayUseSlab = true
      put(batch, 'text')
      batch.flush()
    }
    expect(second.chunks[0]!.buffer).toBe(first.chunks[0]!.buffer)
  })

  test('leaves a slab to a stream that is slow', () => {
    const slow = new Recorder(true)
    const batch = new OutputBatch(slow, { slabs: true, direct: false })
    batch.mayUseSlab = true
    put(batch, 'kept')
    expect(batch.flush()).toBe(false)
    const other = new Recorder()
    const next = new OutputBatch(other, { slabs: true, direct: false })
    next.mayUseSlab = true
    put(next, 'more')
    next.flush()
    expect(other.chunks[0]!.buffer).not.toBe(slow.chunks[0]!.buffer)
    expect(slow.text).toEqual(['kept'])
  })

  test('shares no slab with a stream that may keep what it took', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: false, direct: false })
    batch.mayUseSlab = true
    put(batch, 'one')
    batch.flush()
    put(batch, 'two')
    batch.flush()
    expect(stream.text).toEqual(['one', 'two'])
  })

  test.each([
    ['gathered in it', true],
    ['joined in it', false],
  ])('gives nobody a slab that whoever replaced the write may keep: pieces %s', (_, mayUseSlab) => {
    const stream = new Recorder()
    const kept: Uint8Array[] = []
    stream.write = (chunk: Uint8Array) => kept.push(chunk) > 0
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = mayUseSlab
    batch.append(Buffer.from('one '))
    batch.append(Buffer.from('two'))
    expect(batch.flush()).toBe(true)
    expect(kept.map(String)).toEqual(['one two'])
    expect(takeSlab(SLAB_SIZE).buffer).not.toBe(kept[0]!.buffer)
  })

  test('that serves another stream uses a slab only during its chunks, and only if that stream allows it', () => {
    const [first, second] = [new Recorder(), new Recorder()]
    const next = takeSlab(1)
    releaseSlab(next)
    const batch = new OutputBatch(new Recorder(), { slabs: true, direct: false })
    batch.mayUseSlab = true
    batch.attach(first, { slabs: true, direct: false })
    put(batch, 'text')
    batch.flush()
    batch.attach(second, { slabs: false, direct: false })
    batch.mayUseSlab = true
    put(batch, 'text')
    batch.flush()
    for (const { chunks } of [first, second]) {
      expect(chunks[0]!.buffer).not.toBe(next.buffer)
    }
  })

  test('gives nobody the memory of a stream that may keep what it took, even if it has the size of a slab', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: false, direct: false })
    put(batch, 'a'.repeat(SLAB_SIZE))
    batch.flush()
    const slab = takeSlab(SLAB_SIZE)
    expect(slab.buffer).not.toBe(stream.chunks[0]!.buffer)
    releaseSlab(slab)
  })

  test('joins small pieces given by reference', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    put(batch, 'one ')
    batch.append(Buffer.from('two '))
    put(batch, 'three')
    expect(batch.length).toBe(13)
    batch.flush()
    expect(stream.text).toEqual(['one two three'])
  })

  test('joins them for a stream that may keep what it took, too', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: false, direct: false })
    batch.append(Buffer.from('one '))
    batch.append(Buffer.from('two'))
    batch.flush()
    batch.append(Buffer.from('x'))
    batch.append(Buffer.from('y'))
    batch.flush()
    expect(stream.text).toEqual(['one two', 'xy'])
  })

  test('writes large pieces as they are, without a copy', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = true
    const large = Buffer.alloc(SLAB_SIZE, 'x')
    put(batch, 'head')
    batch.append(large)
    put(batch, 'tail')
    expect(batch.length).toBe(SLAB_SIZE + 8)
    batch.flush()
    expect(stream.chunks.map(({ length }) => length)).toEqual([4, SLAB_SIZE, 4])
    expect(stream.chunks[1]!.buffer).toBe(large.buffer)
  })

  test('writes a single piece as it is', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    const piece = Buffer.alloc(100, 'x')
    batch.append(piece)
    batch.flush()
    expect(stream.chunks.map(({ buffer }) => buffer)).toEqual([piece.buffer])
  })

  test('goes on in a second slab when the first is full', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = true
    const text = 'x'.repeat(40_000)
    put(batch, text)
    put(batch, text)
    batch.flush()
    expect(Buffer.concat(stream.chunks).toString()).toBe(text + text)
  })

  test('makes room for what is larger than a slab', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = true
    put(batch, 'x'.repeat(SLAB_SIZE + 1))
    batch.flush()
    put(batch, 'x'.repeat(LARGE_SLAB_SIZE + 1))
    batch.flush()
    expect(stream.chunks.map(({ length }) => length)).toEqual([SLAB_SIZE + 1, LARGE_SLAB_SIZE + 1])
  })

  test('goes on with a large slab when the first one is full, and gives both back', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.mayUseSlab = true
    const [slab, large] = [takeSlab(1), takeSlab(LARGE_SLAB_SIZE)]
    releaseSlab(slab)
    releaseSlab(large)
    for (let i = 0; i < 12; i++) put(batch, 'x'.repeat(16_000))
    expect(batch.flush()).toBe(true)
    expect(stream.chunks.map(({ length }) => length)).toEqual([64_000, 128_000])
    expect(stream.chunks[0]!.buffer).toBe(slab.buffer)
    expect(stream.chunks[1]!.buffer).toBe(large.buffer)
    expect(takeSlab(1)).toBe(slab)
    expect(takeSlab(LARGE_SLAB_SIZE)).toBe(large)
  })

  test('gives each slab back once', () => {
    const batch = new OutputBatch(new Recorder(), { slabs: true, direct: false })
    for (const length of [SLAB_SIZE, 10]) {
      batch.mayUseSlab = true
      put(batch, 'a'.repeat(10))
      put(batch, 'a'.repeat(length))
      batch.flush()
    }
    const slabs = Array.from({ length: 50 }, () => takeSlab(SLAB_SIZE))
    expect(new Set(slabs).size).toBe(slabs.length)
    slabs.forEach(releaseSlab)
  })

  test('writes a lot of output before there is more, and uses its memory again', () => {
    for (const inChunk of [true, false]) {
      const stream = new Recorder()
      const batch = new OutputBatch(stream, { slabs: true, direct: false })
      batch.mayUseSlab = inChunk
      const written: string[] = []
      stream._write = (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString())
        stream.chunks.push(chunk)
        done()
      }
      stream._writev = (chunks: { readonly chunk: Buffer }[], done) => {
        for (const { chunk } of chunks) written.push(chunk.toString())
        stream.chunks.push(...chunks.map(({ chunk }) => chunk))
        done()
      }
      const pieces = Array.from({ length: 40 }, (_, i) => String(i % 10).repeat(SLAB_SIZE))
      for (const piece of pieces) put(batch, piece)
      expect(batch.length).toBeLessThanOrEqual(LARGE_SLAB_SIZE + SLAB_SIZE)
      batch.flush()
      expect(written.join('') === pieces.join('')).toBe(true)
      expect(new Set(stream.chunks.map(({ buffer }) => buffer)).size).toBeLessThan(8)
    }
  })

  test('does not write early if the stream is slow, may keep what it took, or has ended', () => {
    const fill = (stream: Writable, slabs: boolean): OutputBatch => {
      const batch = new OutputBatch(stream, { slabs, direct: false })
      batch.mayUseSlab = true
      for (let i = 0; i < 12; i++) put(batch, 'x'.repeat(SLAB_SIZE))
      return batch
    }
    const slow = new Recorder(true)
    slow.write('x')
    expect(fill(slow, true).length).toBe(12 * SLAB_SIZE)
    expect(fill(new Recorder(), false).length).toBe(12 * SLAB_SIZE)
    const ended = new Recorder()
    ended.end()
    expect(fill(ended, true).length).toBe(12 * SLAB_SIZE)
    const destroyed = new Recorder()
    destroyed.destroy()
    expect(fill(destroyed, true).length).toBe(12 * SLAB_SIZE)
  })

  test('outside of a chunk begins small, and grows', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    expect(batch.reserve(10)).toHaveLength(1_024)
    for (let i = 0; i < 2_000; i++) put(batch, 'ten bytes.')
    expect(batch.reserve(10)).toHaveLength(SLAB_SIZE / 4)
    batch.flush()
    expect(Buffer.concat(stream.chunks).toString()).toBe('ten bytes.'.repeat(2_000))
  })

  test('writes only what was put, whatever was reserved', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    batch.reserve(500)
    put(batch, 'a')
    batch.reserve(5_000)
    put(batch, 'b')
    batch.reserve(50_000)
    batch.flush()
    expect(Buffer.concat(stream.chunks).toString()).toBe('ab')
  })

  test('forgets what is discarded', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: true, direct: false })
    put(batch, 'one')
    batch.append(Buffer.from('two'))
    batch.discard()
    expect(batch.length).toBe(0)
    put(batch, 'three')
    batch.flush()
    expect(stream.text).toEqual(['three'])
  })

  test('keeps what is put while it is flushed for the next time', () => {
    const stream = new Recorder()
    const batch = new OutputBatch(stream, { slabs: false, direct: false })
    stream._write = (chunk: Buffer, _encoding, done) => {
      stream.chunks.push(chunk)
      if (stream.chunks.length === 1) put(batch, 'meanwhile')
      done()
    }
    put(batch, 'first')
    batch.flush()
    expect(batch.length).toBe(9)
    batch.flush()
    expect(stream.text).toEqual(['first', 'meanwhile'])
  })
})
