import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countChunk, isBusy, turnEnded } from '../../../src/node/stream/busy-turns.ts'

/** A turn that brings so many chunks. */
function chunks(count: number): void {
  for (let i = 0; i < count; i++) countChunk()
  turnEnded()
}

/** Chunks enough for a look, and then a turn that is busy. */
function becomeBusy(): void {
  chunks(64)
  chunks(4)
}

/** A look, and a turn that was not busy. */
function calmDown(): void {
  chunks(64)
  chunks(1)
}

// The state is that of the process, which other tests may share.
beforeEach(calmDown)
afterEach(calmDown)

describe('turns', () => {
  test('are busy once one that was measured has brought four chunks', () => {
    expect(isBusy()).toBe(false)
    chunks(64)
    expect(isBusy()).toBe(false)
    chunks(4)
    expect(isBusy()).toBe(true)
  })

  test('are not busy for many chunks that came one by one', () => {
    for (let i = 0; i < 200; i++) chunks(1)
    expect(isBusy()).toBe(false)
  })

  test('without a chunk do not count', () => {
    chunks(64)
    chunks(0)
    chunks(0)
    chunks(4)
    expect(isBusy()).toBe(true)
    chunks(0)
    expect(isBusy()).toBe(true)
  })

  test('are no longer busy after one that brought fewer', () => {
    becomeBusy()
    chunks(4)
    expect(isBusy()).toBe(true)
    chunks(3)
    expect(isBusy()).toBe(false)
  })
})

test('have to report their end only if that can change something', () => {
  expect(countChunk()).toBe(false)
  chunks(64)
  expect(countChunk()).toBe(true)
  chunks(3)
  expect(countChunk()).toBe(true)
})
