import { describe, expect, it } from 'vitest'
import { InboundGauge } from '../../../src/websocket/socket/inbound-gauge.ts'
import { Inbox, type InboxOwner } from '../../../src/websocket/socket/inbox.ts'
import { settled } from '../../support/socket-rig.ts'

/** An owner that writes down what it is asked; at most 4 items or 100 bytes may be unfinished. */
class Owner implements InboxOwner {
  readonly gauge: InboundGauge = new InboundGauge({ bytes: 100, messages: 4 })
  readonly faults: string[] = []
  readonly reports: string[] = []
  readonly events: InboxOwner['events'] = {
    report: ({ message }) => void this.reports.push(message),
  }
  handles = true
  settled = false
  paused = false

  regulate(): void {
    if (this.gauge.over) this.paused = true
    else if (this.gauge.low) this.paused = false
  }

  fault(error: Error): boolean {
    this.faults.push(error.message)
    return this.handles
  }
}

function inbox(): { owner: Owner; box: Inbox<string>; seen: string[] } {
  const owner = new Owner()
  return { owner, box: new Inbox<string>(owner, (item) => item.length), seen: [] }
}

describe('an inbox', () => {
  it('delivers to every listener, in the order they were added', () => {
    const { box, seen } = inbox()
    box.listen((item) => seen.push(`1 ${item}`))
    box.deliver('a')
    const remove = box.listen((item) => seen.push(`2 ${item}`))
    box.deliver('b')
    remove()
    box.deliver('c')
    expect(seen).toEqual(['1 a', '1 b', '2 b', '1 c'])
  })

  it('calls a listener no more whose failure ends the socket, and others as before', async () => {
    const { owner, box, seen } = inbox()
    owner.handles = false
    box.listen((item) => {
      throw new Error(`1 ${item}`)
    })
    box.listen((item) => seen.push(item))
    box.listen((item) => Promise.reject(new Error(`3 ${item}`)))
    box.deliver('a')
    await settled()
    box.deliver('b')
    await settled()
    expect([owner.faults, seen]).toEqual([
      ['1 a', '3 a'],
      ['a', 'b'],
    ])
  })

  it('holds nothing for another listener once the only one has failed', () => {
    const { owner, box } = inbox()
    owner.handles = false
    box.listen(() => {
      throw new Error('no')
    })
    for (const item of ['a', 'b', 'c']) box.deliver(item)
    expect([owner.faults, box.unheard, owner.gauge.messages]).toEqual([['no'], 0, 0])
  })

  it('counts a thenable once that calls back, more than once, and then throws', async () => {
    const { owner, box } = inbox()
    const twice = (done: () => void): never => {
      done()
      done()
      throw new Error('too late')
    }
    const thenable = new Proxy({}, { get: () => twice })
    box.listen(() => thenable)
    box.deliver('a')
    expect(owner.gauge.messages).toBe(1)
    await settled()
    expect(owner.gauge.messages).toBe(0)
    expect(owner.faults).toEqual([])
  })

  it('takes a result that throws when it is looked at for a fault, and counts nothing', async () => {
    const { owner, box } = inbox()
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const refuse = (): never => {
      throw new Error('no promise')
    }
    const thenable = new Proxy({}, { get: () => refuse })
    const results: object[] = [proxy, thenable]
    box.listen(() => results.shift())
    box.deliver('a')
    box.deliver('b')
    await settled()
    expect(owner.faults).toEqual([expect.stringContaining('revoked'), 'no promise'])
    expect(owner.gauge.messages).toBe(0)
  })

  it('lets a removal that is called twice take no other registration', () => {
    const { box, seen } = inbox()
    const listener = (item: string): number => seen.push(item)
    const remove = box.listen(listener)
    box.listen(listener)
    remove()
    remove()
    box.deliver('a')
    expect(seen).toEqual(['a'])
  })

  it('holds what comes before the first listener, and delivers it in a microtask', async () => {
    const { box, seen } = inbox()
    box.deliver('a')
    box.deliver('b')
    box.listen((item) => seen.push(item))
    expect(seen).toEqual([])
    box.deliver('c')
    await settled()
    expect(seen).toEqual(['a', 'b', 'c'])
    box.deliver('d')
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
  })

  it('delivers what was held to all listeners of that turn', async () => {
    const { box, seen } = inbox()
    box.deliver('a')
    box.listen((item) => seen.push(`1 ${item}`))
    box.listen((item) => seen.push(`2 ${item}`))
    await settled()
    expect(seen).toEqual(['1 a', '2 a'])
  })

  it('does what comes behind it at once, or when a listener has got what was held', async () => {
    const { box, seen } = inbox()
    box.deliver('a')
    box.behind(() => seen.push('nobody listens'))
    box.listen((item) => {
      seen.push(item)
      if (item === 'a') box.behind(() => seen.push('the end'))
    })
    box.behind(() => seen.push('behind a'))
    box.deliver('b')
    await settled()
    box.behind(() => seen.push('nothing is held'))
    expect(seen).toEqual(['nobody listens', 'a', 'b', 'behind a', 'the end', 'nothing is held'])
  })

  it('puts what arrives during a delivery of held items behind them', async () => {
    const { box, seen } = inbox()
    box.deliver('a')
    box.deliver('b')
    box.listen((item) => {
      seen.push(item)
      if (item === 'a') box.deliver('c')
    })
    await settled()
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  it('holds again what a listener that removes itself leaves', async () => {
    const { owner, box, seen } = inbox()
    for (const item of ['a', 'b', 'c']) box.deliver(item)
    const remove = box.listen((item) => {
      seen.push(`once ${item}`)
      remove()
    })
    await settled()
    expect(seen).toEqual(['once a'])
    box.deliver('d')
    box.listen((item) => seen.push(item))
    await settled()
    expect(seen).toEqual(['once a', 'b', 'c', 'd'])
    expect(owner.gauge.low).toBe(true)
  })

  it('holds again what comes when no listener is left', async () => {
    const { box, seen } = inbox()
    box.listen((item) => seen.push(item))()
    box.deliver('a')
    expect(seen).toEqual([])
    const remove = box.listen(() => seen.push('never'))
    remove()
    await settled()
    box.listen((item) => seen.push(item))
    await settled()
    expect(seen).toEqual(['a'])
  })
})

describe('a listener that fails', () => {
  it('is told, and hinders neither the others nor the next item', () => {
    const { owner, box, seen } = inbox()
    box.listen(() => {
      throw new Error('thrown')
    })
    box.listen((item) => seen.push(item))
    box.deliver('a')
    box.deliver('b')
    expect(seen).toEqual(['a', 'b'])
    expect(owner.faults).toEqual(['thrown', 'thrown'])
  })

  it('is told when it rejects, and when what it throws is no error', async () => {
    const { owner, box } = inbox()
    box.listen(() => Promise.reject(new Error('rejected')))
    box.listen(() => Promise.reject('a string'))
    box.listen(() => Promise.reject(Object.create(null)))
    box.deliver('a')
    expect(owner.faults).toEqual([])
    await settled()
    expect(owner.faults).toEqual(['rejected', 'a string', 'object'])
    expect(owner.gauge.low).toBe(true)
  })
})

describe('the mark', () => {
  it('is crossed by what is held, and left when it is delivered', async () => {
    const { owner, box, seen } = inbox()
    for (const item of ['a', 'b', 'c', 'd']) box.deliver(item)
    expect(owner.paused).toBe(false)
    box.deliver('e')
    expect(owner.paused).toBe(true)
    box.listen((item) => seen.push(item))
    await settled()
    expect(owner.paused).toBe(false)
    expect(seen).toHaveLength(5)
  })

  it('is crossed by the bytes of what is held', () => {
    const { owner, box } = inbox()
    box.deliver('x'.repeat(100))
    expect(owner.paused).toBe(false)
    box.deliver('x')
    expect(owner.paused).toBe(true)
  })

  it('is crossed by listeners that are not done, and left when half of them are', async () => {
    const { owner, box } = inbox()
    const done: (() => void)[] = []
    box.listen(() => new Promise<void>((resolve) => done.push(resolve)))
    for (let i = 0; i < 5; i++) box.deliver('a')
    expect(owner.paused).toBe(true)
    done[0]!()
    done[1]!()
    await settled()
    expect(owner.paused).toBe(true)
    done[2]!()
    await settled()
    expect(owner.paused).toBe(false)
  })

  it('is left by listeners that reject, too', async () => {
    const { owner, box } = inbox()
    box.listen(() => Promise.reject(new Error('no')))
    for (let i = 0; i < 5; i++) box.deliver('a')
    expect(owner.paused).toBe(true)
    await settled()
    expect(owner.paused).toBe(false)
  })

  it('counts an item once for each listener that works on it', () => {
    const { owner, box } = inbox()
    const forever = () => new Promise<void>(() => {})
    box.listen(forever)
    box.listen(forever)
    box.deliver('a')
    box.deliver('b')
    expect(owner.paused).toBe(false)
    box.deliver('c')
    expect(owner.paused).toBe(true)
  })
})

describe('past the mark, with nobody to listen', () => {
  it('nothing is dropped before the consumer has settled', () => {
    const { owner, box } = inbox()
    for (let i = 0; i < 10; i++) box.deliver('a')
    expect(owner.reports).toEqual([])
    expect(owner.paused).toBe(true)
    box.settle()
    expect(owner.reports).toEqual(['10 messages were dropped: no listener was set'])
    expect(owner.paused).toBe(false)
  })

  it('all that is held is dropped once it has, and counted from anew, but told once', async () => {
    const { owner, box, seen } = inbox()
    owner.settled = true
    box.settle()
    for (let i = 0; i < 12; i++) box.deliver(`${i}`)
    expect(owner.reports).toEqual(['5 messages were dropped: no listener was set'])
    box.listen((item) => seen.push(item))
    await settled()
    expect(seen).toEqual(['10', '11'])
  })

  it('up to the mark nothing is dropped, so that a late listener misses nothing', async () => {
    const { owner, box, seen } = inbox()
    for (const item of ['a', 'b', 'c', 'd']) box.deliver(item)
    owner.settled = true
    box.settle()
    box.listen((item) => seen.push(item))
    await settled()
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
    expect(owner.reports).toEqual([])
  })

  it('nothing is dropped while somebody listens', () => {
    const { owner, box } = inbox()
    box.listen(() => new Promise<void>(() => {}))
    for (let i = 0; i < 10; i++) box.deliver('a')
    owner.settled = true
    box.settle()
    expect(owner.reports).toEqual([])
  })

  it('nothing is dropped when nothing is held', () => {
    const { owner, box } = inbox()
    const remove = box.listen(() => new Promise<void>(() => {}))
    for (let i = 0; i < 10; i++) box.deliver('a')
    remove()
    box.settle()
    expect(owner.reports).toEqual([])
  })
})
