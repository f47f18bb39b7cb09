import { describe, expect, it } from 'vitest'
import { PausableReader, type ReadingOwner } from '../../../src/websocket/socket/pausable-reader.ts'
import { PauseReason } from '../../../src/websocket/socket/pause-reason.ts'
import type { Transport } from '../../../src/websocket/socket/transport.ts'
import { bytes, hex } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'

/** A transport that writes down what it is asked, a pause once, and may deliver when it is resumed. */
class FakeTransport implements Transport {
  position = 0
  readonly bufferedAmount = 0
  readonly calls: string[] = []
  onResume: () => void = () => {}

  reserve(): Uint8Array {
    throw new Error('nothing is written here')
  }
  append(): void {}
  commit(): void {
    this.calls.push('commit')
  }
  flush(): void {}
  pause(): void {
    if (this.calls.at(-1) !== 'pause') this.calls.push('pause')
  }
  resume(): void {
    this.calls.push('resume')
    this.onResume()
  }
  end(): void {}
  destroy(): void {}
}

interface Reading {
  readonly machine: Machine
  readonly transport: FakeTransport
  readonly reader: PausableReader
  feed(content: string): void
  ends(): number
}

function reading(): Reading {
  const machine = new Machine({ role: 'client' })
  const transport = new FakeTransport()
  let ends = 0
  const { connection } = machine
  const owner: ReadingOwner = {
    connection,
    read: (chunk, start, end) => connection.receive(chunk, start, end),
    peerEnded: () => ends++,
  }
  const reader = new PausableReader(owner, transport)
  return {
    machine,
    transport,
    reader,
    feed(content) {
      const chunk = bytes(`ff ${content} ff`)
      reader.stopped(
        chunk,
        machine.connection.receive(chunk, 1, chunk.length - 1),
        chunk.length - 1,
      )
      chunk.fill(0) // a read buffer is used again
    },
    ends: () => ends,
  }
}

/** Text frames of one letter each. */
const letters = (text: string): string =>
  [...text].map((letter) => `81 01 ${hex(new TextEncoder().encode(letter))}`).join(' ')
const texts = (text: string): string[] => [...text].map((letter) => `text "${letter}"`)

describe('a reader that is held', () => {
  it('reads nothing, and later all of it, in order', () => {
    const { machine, transport, reader, feed } = reading()
    feed(letters('a'))
    reader.hold(PauseReason.LINK, true)
    feed(letters('bc'))
    feed('81 03 64')
    feed('6566')
    expect(machine.log).toEqual(texts('a'))
    expect(reader.held).toBe(true)
    reader.hold(PauseReason.LINK, false)
    expect(machine.log).toEqual([...texts('abc'), 'text "def"'])
    expect(transport.calls).toEqual(['pause', 'commit', 'resume'])
    feed(letters('g'))
    expect(machine.log.at(-1)).toBe('text "g"')
  })

  it('by two goes on when both let go', () => {
    const { machine, transport, reader, feed } = reading()
    reader.hold(PauseReason.LINK, true)
    reader.hold(PauseReason.INBOX, true)
    reader.hold(PauseReason.INBOX, true)
    feed(letters('a'))
    reader.hold(PauseReason.LINK, false)
    reader.hold(PauseReason.LINK, false)
    expect(machine.log).toEqual([])
    reader.hold(PauseReason.INBOX, false)
    expect(machine.log).toEqual(texts('a'))
    expect(transport.calls).toEqual(['pause', 'commit', 'resume'])
  })

  it('by the inbox alone goes on no sooner for the link, nor the other way round', () => {
    const { reader } = reading()
    for (const [one, other] of [
      [PauseReason.LINK, PauseReason.INBOX],
      [PauseReason.INBOX, PauseReason.LINK],
    ] as const) {
      reader.hold(one, true)
      reader.hold(other, false)
      expect([reader.holds(one), reader.holds(other)]).toEqual([true, false])
      reader.hold(one, false)
    }
  })

  it('with nothing kept just resumes', () => {
    const { transport, reader } = reading()
    reader.hold(PauseReason.LINK, true)
    reader.hold(PauseReason.LINK, false)
    expect(transport.calls).toEqual(['pause', 'resume'])
  })
})

describe('a reader that is held from within', () => {
  it('stops after that message, and keeps the rest of the chunk', () => {
    const { machine, transport, reader, feed } = reading()
    machine.sink.onLine = (line) => reader.hold(PauseReason.INBOX, line !== 'text "c"')
    feed(letters('abcd'))
    expect(machine.log).toEqual(texts('a'))
    expect(transport.calls).toEqual(['pause'])
    reader.hold(PauseReason.INBOX, false)
    expect(machine.log).toEqual(texts('ab'))
    reader.hold(PauseReason.INBOX, false)
    expect(machine.log).toEqual(texts('abcd'))
    reader.hold(PauseReason.INBOX, false)
    expect(transport.calls.at(-1)).toBe('resume')
  })

  it('and let go at once does not stop', () => {
    const { machine, transport, reader, feed } = reading()
    machine.sink.onLine = () => {
      reader.hold(PauseReason.LINK, true)
      reader.hold(PauseReason.LINK, false)
    }
    feed(letters('abc'))
    expect(machine.log).toEqual(texts('abc'))
    expect(transport.calls).toEqual([])
  })

  it('keeps the order when the transport delivers at once on being resumed', () => {
    const { machine, transport, reader, feed } = reading()
    reader.hold(PauseReason.LINK, true)
    feed(letters('abc'))
    transport.onResume = () => {
      transport.onResume = () => {}
      feed(letters('de'))
    }
    machine.sink.onLine = () => {
      reader.hold(PauseReason.LINK, true)
      reader.hold(PauseReason.LINK, false)
    }
    reader.hold(PauseReason.LINK, false)
    expect(machine.log).toEqual(texts('abcde'))
  })
})

describe('the end of what the peer sends', () => {
  it('is told at once when all was read', () => {
    const { reader, ends } = reading()
    reader.end()
    expect(ends()).toBe(1)
  })

  it('is told after what is kept', () => {
    const { machine, transport, reader, feed, ends } = reading()
    reader.hold(PauseReason.LINK, true)
    feed(letters('a'))
    reader.end()
    expect(ends()).toBe(0)
    reader.hold(PauseReason.LINK, false)
    expect(machine.log).toEqual(texts('a'))
    expect(ends()).toBe(1)
    expect(transport.calls).toEqual(['pause', 'commit'])
  })

  it('is told when the last of what is kept holds again, and lets go', () => {
    const { machine, reader, feed, ends } = reading()
    reader.hold(PauseReason.LINK, true)
    feed(letters('a'))
    reader.end()
    machine.sink.onLine = () => reader.hold(PauseReason.INBOX, true)
    reader.hold(PauseReason.LINK, false)
    expect(ends()).toBe(0)
    reader.hold(PauseReason.INBOX, false)
    expect(ends()).toBe(1)
  })
})
