import { describe, expect, test } from 'vitest'
import { LateListeners, type Registration } from '../../src/filters/late-listeners.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { stateOf } from '../support/session-rig.ts'
import { settled } from './fixtures.ts'

interface Rig {
  readonly heard: string[]
  /** A listener that writes down what it hears. */
  listen(name: string): Registration
  remove(listener: Registration): void
  /** A message comes for these. */
  come(text: string, ...listeners: readonly Registration[]): void
  /** All that came is delivered. Returns what becomes of each delivery. */
  deliver(): unknown[]
}

function rig(fails: readonly string[] = []): Rig {
  const listeners = new LateListeners()
  const heard: string[] = []
  let line: (() => unknown)[] = []
  return {
    heard,
    listen(name) {
      const listener: Registration = {
        fn(item) {
          heard.push(`${name} ${item instanceof WsMessage ? item.text() : item.type}`)
          if (fails.includes(name)) throw new Error(name)
        },
      }
      listeners.add(listener)
      return listener
    },
    remove: (listener) => listeners.remove(listener),
    come(text, ...to) {
      const message = WsMessage.text(text)
      for (const listener of to) {
        listeners.deliverBy((deliver) => line.push(deliver), listener, message)
      }
    },
    deliver() {
      const due = line
      line = []
      return due.map((deliver) => deliver())
    },
  }
}

describe('a late listener', () => {
  test('that was removed hears nothing, and who listens now does', () => {
    const { heard, listen, remove, come, deliver } = rig()
    const first = listen('first')
    come('a', first)
    remove(first)
    listen('second')
    deliver()
    expect(heard).toEqual(['second a'])
  })

  test('that was removed leaves what others hear to them', () => {
    const { heard, listen, remove, come, deliver } = rig()
    const [first, second, third] = [listen('first'), listen('second'), listen('third')]
    come('a', first, second, third)
    remove(first)
    remove(third)
    listen('late')
    deliver()
    expect(heard).toEqual(['second a'])
  })

  test('that was removed leaves what a single other one hears to it', () => {
    const { heard, listen, remove, come, deliver } = rig()
    const [first, second] = [listen('first'), listen('second')]
    come('a', first, second)
    remove(first)
    deliver()
    expect(heard).toEqual(['second a'])
  })

  test('gets what has waited for a while', async () => {
    const { heard, listen, remove, come, deliver } = rig()
    const first = listen('first')
    come('a', first)
    remove(first)
    deliver()
    await settled()
    listen('second')
    await settled()
    expect(heard).toEqual(['second a'])
  })

  test('that is removed at once leaves what waited to the next one', async () => {
    const { heard, listen, remove, come, deliver } = rig()
    const first = listen('first')
    come('a', first)
    remove(first)
    deliver()
    remove(listen('second'))
    await settled()
    listen('third')
    await settled()
    expect(heard).toEqual(['third a'])
  })

  test('gets what waited for one first', async () => {
    const { heard, listen, remove, come, deliver } = rig()
    const first = listen('first')
    come('a', first)
    come('b', first)
    remove(first)
    const [waiting] = deliver()
    // A peer is slowed down by what is not heard yet: each delivery tells when it is.
    expect(await stateOf(Promise.resolve(waiting))).toBe('pending')
    const second = listen('second')
    come('c', second)
    deliver()
    expect(heard).toEqual([])
    await waiting
    await settled()
    expect(heard).toEqual(['second a', 'second b', 'second c'])
  })

  test('that fails with what was for another is told of', async () => {
    const { heard, listen, remove, come, deliver } = rig(['second'])
    const first = listen('first')
    come('a', first)
    remove(first)
    listen('second')
    listen('third')
    const [delivery] = deliver()
    await expect(delivery).rejects.toThrow('second')
    expect(heard).toEqual(['second a', 'third a'])
  })
})
