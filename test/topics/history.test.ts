import { expect, test } from 'vitest'
import { History } from '../../src/topics/history.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { keptOf } from '../support/collect-garbage.ts'

const BOUNDS = { messages: 100, bytes: 10_000, age: 1_000 }

function texts(messages: readonly WsMessage[] | undefined): readonly string[] | undefined {
  return messages?.map((message) => message.text())
}

test('a history has the newest messages, however many have gone', () => {
  const history = new History(BOUNDS, 0)
  for (let number = 1; number <= 1_000; number++) {
    history.add({ number, message: WsMessage.text(String(number)) }, number)
    expect(texts(history.last(3))).toEqual(
      [number - 2, number - 1, number].filter((each) => each > 0).map(String),
    )
    const oldest = Math.max(0, number - 100)
    expect(history.after(oldest)).toHaveLength(number - oldest)
    expect(history.after(oldest - 1)).toBeUndefined()
    expect(history.last(1_000)).toHaveLength(number - oldest)
  }
  history.expire(1_950)
  expect(texts(history.after(997))).toEqual(['998', '999', '1000'])
  expect([history.after(949), history.after(950)?.length]).toEqual([undefined, 50])
  expect(history.isEmpty).toBe(false)
  history.expire(2_000)
  expect(history.isEmpty).toBe(true)
  expect([history.after(999), history.after(1_000), history.last(9)]).toEqual([undefined, [], []])
})

test('a history lets go of a message as soon as it is past a bound', async () => {
  const history = new History(BOUNDS, 0)
  const reference = (() => {
    const message = WsMessage.text('first')
    history.add({ number: 1, message }, 0)
    return new WeakRef(message)
  })()
  for (let number = 2; number <= 100; number++) {
    history.add({ number, message: WsMessage.text('x') }, 0)
  }
  expect(await keptOf(reference)).toBeDefined()
  history.add({ number: 101, message: WsMessage.text('x') }, 0)
  expect(await keptOf(reference)).toBeUndefined()
})
