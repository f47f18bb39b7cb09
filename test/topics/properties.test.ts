import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markOf, newMark, opened, sealed } from '../../src/topics/envelope.ts'
import { topics } from '../../src/topics/topics.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { rig, settled } from '../support/socket-rig.ts'

const NAMES = ['tea', 'coffee', 'milk']
const name = fc.constantFrom(...NAMES)
const who = fc.nat({ max: 4 })

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('subscribe', 'unsubscribe'), name, who }),
  fc.record({ kind: fc.constantFrom('publish', 'publish to others'), name, who }),
  fc.record({ kind: fc.constantFrom('close', 'terminate'), name, who }),
)

test('whoever comes and goes, a message goes to those who are there, and no name is left behind', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rooms = topics()
      const rigs = Array.from({ length: 5 }, () => rig())
      const present = new Map(NAMES.map((each) => [each, new Set<number>()]))
      const expected = rigs.map((): string[] => [])
      for (const [i, { kind, name, who }] of steps.entries()) {
        const { socket } = rigs[who]!
        const members = present.get(name)!
        if (kind === 'subscribe') {
          rooms(name).subscribe(socket)
          if (socket.state === 'open') members.add(who)
        } else if (kind === 'unsubscribe') {
          rooms(name).unsubscribe(socket)
          members.delete(who)
        } else if (kind === 'close' || kind === 'terminate') {
          socket[kind]()
          if (kind === 'terminate') for (const each of present.values()) each.delete(who)
        } else {
          const others = kind === 'publish to others'
          const to = [...members].filter(
            (member) => rigs[member]!.socket.state === 'open' && !(others && member === who),
          )
          for (const member of to) expected[member]!.push(`1 ${i}`)
          const except = others ? socket : undefined
          expect(rooms(name).publish(String(i), { except })).toBe(to.length)
        }
      }
      const shown = rigs.map(({ peer }) => peer.shown().filter((line) => line.startsWith('1 ')))
      expect(shown).toEqual(expected)
      const left = NAMES.filter((each) => present.get(each)!.size > 0)
      expect(rooms.names().sort()).toEqual(left.sort())
    }),
  )
})

test('however slow the broker is, one subscription at a time is there, while there are subscribers', async () => {
  const event = fc.constantFrom('come', 'go', 'settle', 'fail')
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const waiting: { settle(): void; fail(): void }[] = []
      let subscriptions = 0
      let most = 0
      const turn = (change: 1 | -1): Promise<void> =>
        new Promise((resolve, reject) => {
          const settle = (): void => {
            subscriptions += change
            most = Math.max(most, subscriptions)
            resolve()
          }
          // What could not be subscribed is not, and what could not be unsubscribed is gone, too.
          waiting.push({ settle, fail: () => (change > 0 ? reject(new Error('no')) : settle()) })
        })
      const tea = topics({
        onError: () => {},
        broker: { publish() {}, subscribe: () => turn(1).then(() => () => turn(-1)) },
      })('tea')
      for (const each of events) {
        if (each === 'come') tea.subscribe(rig().socket)
        else if (each === 'go') for (const socket of tea) tea.unsubscribe(socket)
        else waiting.shift()?.[each]()
        expect(waiting.length).toBeLessThanOrEqual(1)
        await settled()
      }
      // The one who comes last would try again, had it failed.
      if (tea.size > 0) tea.subscribe(rig().socket)
      while (waiting.length > 0) {
        waiting.shift()!.settle()
        await settled()
      }
      expect([subscriptions, most <= 1]).toEqual([tea.size > 0 ? 1 : 0, true])
    }),
  )
})

test('what one process seals, another one opens, and anything else is refused', () => {
  const mark = newMark()
  const content = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array())
  fc.assert(
    fc.property(content, (sent) => {
      const payload = sealed(WsMessage.of(sent), mark)
      const message = opened(payload)
      expect(message.mode === 'text' ? message.text() : message.bytes()).toEqual(sent)
      expect(markOf(payload)).toEqual(mark)
      expect(markOf(sealed(message))).toEqual(new Uint8Array(16))
    }),
  )
  const start = fc.subarray([1, 1, 2, 0], { minLength: 0 })
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 24 }), (head, rest) => {
      try {
        const payload = new Uint8Array([...head, ...rest])
        expect(markOf(payload)).toHaveLength(16)
        expect(opened(payload).byteLength).toBeLessThanOrEqual(24)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TypeError)
      }
    }),
  )
})
