import { describe, expect, test } from 'vitest'
import { MemoryTransport } from '../../../src/testing/offline/memory-transport.ts'
import type { TransportHandler } from '../../../src/websocket/socket/transport.ts'

/** A handler that writes down what it hears. */
function noting(log: string[], onText: (text: string) => void = () => {}): TransportHandler {
  return {
    onBytes(bytes, start, end) {
      const text = Buffer.from(bytes.subarray(start, end)).toString()
      log.push(text)
      onText(text)
    },
    onDrain: () => log.push('(drained)'),
    onEof: () => log.push('(end)'),
    onGone: () => log.push('(gone)'),
  }
}

function put(transport: MemoryTransport, text: string): void {
  const bytes = Buffer.from(text)
  transport.reserve(bytes.length).set(bytes, transport.position)
  transport.position += bytes.length
}

function pipe(): {
  near: MemoryTransport
  far: MemoryTransport
  at: Record<'near' | 'far', string[]>
} {
  const [near, far] = MemoryTransport.pair()
  const at = { near: [] as string[], far: [] as string[] }
  near.attach(noting(at.near))
  far.attach(noting(at.far))
  return { near, far, at }
}

describe('a pipe in memory', () => {
  test('delivers what is committed at once, both ways', () => {
    const { near, far, at } = pipe()
    put(near, 'one ')
    near.append(Buffer.from('two'))
    expect(near.bufferedAmount).toBe(7)
    near.commit()
    put(far, 'three')
    far.commit()
    expect(at).toEqual({ near: ['(drained)', 'three'], far: ['one two', '(drained)'] })
    expect(near.bufferedAmount).toBe(0)
  })

  test('gives bytes away: whoever wrote them cannot change them', () => {
    const [near, far] = MemoryTransport.pair()
    const chunks: Uint8Array[] = []
    far.attach({ ...noting([]), onBytes: (bytes) => chunks.push(bytes) })
    for (const text of ['a', 'b']) {
      put(near, text)
      near.flush()
    }
    expect(chunks.map(String)).toEqual(['97', '98'])
  })

  test('writes nothing when nothing was put', () => {
    const { near, at } = pipe()
    near.flush()
    near.commit()
    expect(at.far).toEqual([])
  })

  test('makes room for as much as is needed', () => {
    const { near, at } = pipe()
    put(near, 'x'.repeat(900))
    put(near, 'y'.repeat(100_000))
    near.flush()
    expect(at.far[0]).toBe('x'.repeat(900) + 'y'.repeat(100_000))
  })

  test('holds what arrives until somebody listens', () => {
    const [near, far] = MemoryTransport.pair()
    const log: string[] = []
    put(near, 'early')
    near.flush()
    expect(near.bufferedAmount).toBe(5)
    far.attach(noting(log))
    expect(log).toEqual(['early'])
    expect(near.bufferedAmount).toBe(0)
  })

  test('delivers answers after what caused them, however long it goes to and fro', () => {
    const [near, far] = MemoryTransport.pair()
    const log: string[] = []
    const answering = (transport: MemoryTransport, name: string): TransportHandler => ({
      ...noting([]),
      onBytes(bytes) {
        const count = Number(Buffer.from(bytes).toString())
        log.push(`${name} ${count}`)
        if (count < 10_000) {
          put(transport, String(count + 1))
          transport.commit()
          log.push(`${name} answered`)
        }
      },
    })
    near.attach(answering(near, 'near'))
    far.attach(answering(far, 'far'))
    put(near, '1')
    near.commit()
    expect(log.slice(0, 4)).toEqual(['far 1', 'far answered', 'near 2', 'near answered'])
    expect(log.at(-1)).toBe('near 10000')
  })

  test('stops and goes on, and says when all is taken', () => {
    const { near, far, at } = pipe()
    far.pause()
    for (const text of ['a', 'b']) {
      put(near, text)
      near.flush()
    }
    expect([near.bufferedAmount, at.far, at.near]).toEqual([2, [], []])
    far.resume()
    expect([near.bufferedAmount, at.far, at.near]).toEqual([0, ['a', 'b'], ['(drained)']])
  })

  test('may be stopped between two chunks', () => {
    const [near, far] = MemoryTransport.pair()
    const log: string[] = []
    far.attach(noting(log, () => far.pause()))
    put(near, 'a')
    near.flush()
    put(near, 'b')
    near.flush()
    expect(log).toEqual(['a'])
    far.resume()
    expect(log).toEqual(['a', 'b'])
  })

  test('ends behind what was written, once it is taken', () => {
    const { near, far, at } = pipe()
    far.pause()
    put(near, 'last')
    near.end()
    expect(at.far).toEqual([])
    far.resume()
    expect(at.far).toEqual(['last', '(end)'])
    put(far, 'still open this way')
    far.flush()
    expect(at.near).toEqual(['(drained)', 'still open this way'])
  })

  test('lets go at once: the one end hears no more, the other that it ended', () => {
    const { near, far, at } = pipe()
    put(near, 'bye')
    near.destroy()
    near.destroy()
    put(far, 'too late')
    far.flush()
    expect(at).toEqual({ near: ['(drained)'], far: ['bye', '(end)'] })
    put(near, 'nobody')
    near.flush()
    expect(at.far).toEqual(['bye', '(end)'])
  })

  test('may be let go of within a delivery', () => {
    const [near, far] = MemoryTransport.pair()
    const log: string[] = []
    near.attach(noting([]))
    far.attach(noting(log, () => far.destroy()))
    put(near, 'a')
    near.flush()
    put(near, 'b')
    near.flush()
    expect(log).toEqual(['a'])
  })
})
