import { describe, expect, test, vi } from 'vitest'
import type { Broker } from '../../src/topics/broker.ts'
import { topics } from '../../src/topics/topics.ts'
import { decorate } from '../../src/websocket/decorate.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { rig, settled } from '../support/socket-rig.ts'

/** Carries payloads between processes, and writes down what it is asked for. */
class TestBroker implements Broker {
  readonly log: string[] = []
  readonly #receivers = new Map<string, Set<(payload: Uint8Array) => void>>()

  publish(topic: string, payload: Uint8Array): void {
    this.deliver(topic, payload)
  }

  subscribe(topic: string, receive: (payload: Uint8Array) => void): () => void {
    this.log.push(`subscribe ${topic}`)
    const receivers = this.#receivers.get(topic) ?? new Set()
    this.#receivers.set(topic, receivers.add(receive))
    return () => {
      this.log.push(`unsubscribe ${topic}`)
      receivers.delete(receive)
    }
  }

  deliver(topic: string, payload: unknown): void {
    for (const receive of this.#receivers.get(topic) ?? [])
      Reflect.apply(receive, undefined, [payload])
  }
}

/** One that does nothing until it is told to: each call of `next` lets one step of it finish. */
function slowBroker(): { broker: Broker; log: string[]; next(): Promise<void> } {
  const log: string[] = []
  const steps: (() => void)[] = []
  const step = (what: string): Promise<void> => {
    log.push(what)
    return new Promise((resolve) => {
      steps.push(resolve)
    })
  }
  return {
    log,
    broker: {
      publish() {},
      async subscribe(topic) {
        await step(`subscribe ${topic}`)
        return () => step(`unsubscribe ${topic}`)
      },
    },
    async next() {
      steps.shift()?.()
      await settled()
    },
  }
}

describe('topics of several processes', () => {
  test('get what is published in another one, once in each, whether the broker echoes or not', async () => {
    const broker = new TestBroker()
    const [here, there] = [topics({ broker }), topics({ broker })]
    const [ann, ben, eve] = [rig(), rig(), rig()]
    here('tea').subscribe(ann.socket)
    there('tea').subscribe(ben.socket)
    there('coffee').subscribe(eve.socket)
    expect(here('tea').publish('hello', { except: ben.socket })).toBe(1)
    expect(ann.peer.shown()).toEqual(['1 hello'])
    expect(ben.peer.shown()).toEqual(['1 hello'])
    here('tea').publish(new Uint8Array([0x62]))
    there('tea').publish(WsMessage.text('é').body(new TextEncoder().encode('é'), 'text'))
    for (const { peer } of [ann, ben]) {
      expect(peer.frames().map(({ opcode, payload }) => [opcode, ...payload])).toEqual([
        [2, 0x62],
        [1, 0xc3, 0xa9],
      ])
    }
    expect(eve.peer.shown()).toEqual([])
  })

  test('copy what the broker delivers, which may use its memory again', () => {
    const broker = new TestBroker()
    const heard: WsMessage[] = []
    const listening = decorate(rig().socket, {
      send: (message) => heard.push(message) > 0,
    })
    topics({ broker })('tea').subscribe(listening)
    const payload = new Uint8Array([1, 2, ...Array(16).fill(7), 0x61])
    broker.deliver('tea', payload)
    payload.fill(0)
    expect([...heard[0]!.bytes()]).toEqual([0x61])
  })

  test('are published from a process that has no subscriber', () => {
    const broker = new TestBroker()
    const { socket, peer } = rig()
    topics({ broker })('tea').subscribe(socket)
    expect(topics({ broker })('tea').publish('hello')).toBe(0)
    expect(peer.shown()).toEqual(['1 hello'])
  })

  test('are subscribed at the broker from the first subscriber here to the last', async () => {
    const broker = new TestBroker()
    const rooms = topics({ broker })
    const [ann, ben] = [rig().socket, rig().socket]
    rooms('tea').subscribe(ann)
    expect(broker.log).toEqual(['subscribe tea'])
    rooms('tea').subscribe(ben)
    rooms('coffee').subscribe(ben)
    await settled()
    ann.terminate()
    await settled()
    expect(broker.log).toEqual(['subscribe tea', 'subscribe coffee'])
    ben.terminate()
    await settled()
    expect(broker.log.slice(2)).toEqual(['unsubscribe tea', 'unsubscribe coffee'])
    rooms('tea').subscribe(rig().socket)
    expect(broker.log.slice(4)).toEqual(['subscribe tea'])
  })

  test('get in the same order what is published while something else is', () => {
    const broker = new TestBroker()
    const [here, there] = [topics({ broker })('tea'), topics({ broker })('tea')]
    const [ann, ben] = [rig(), rig()]
    let first = true
    const view = decorate(ann.socket, {
      send(message, next) {
        if (first) {
          first = false
          here.publish('second')
        }
        return next(message)
      },
    })
    here.subscribe(view)
    there.subscribe(ben.socket)
    here.publish('first')
    for (const { peer } of [ann, ben]) expect(peer.shown()).toEqual(['1 first', '1 second'])
  })

  test('do not wait for the broker with what is published here', () => {
    const publish = vi.fn(() => new Promise(() => {}))
    const rooms = topics({ broker: { publish, subscribe: () => new Promise(() => {}) } })
    const { socket, peer } = rig()
    rooms('tea').subscribe(socket)
    expect(rooms('tea').publish('hello')).toBe(1)
    expect(peer.shown()).toEqual(['1 hello'])
    expect(publish).toHaveBeenCalledTimes(1)
  })
})

describe('while a broker is busy with a topic', () => {
  test('the last may leave, and it unsubscribes when it can', async () => {
    const { broker, log, next } = slowBroker()
    const rooms = topics({ broker })
    rooms('tea').subscribe(rig().socket)()
    await settled()
    expect(log).toEqual(['subscribe tea'])
    await next()
    expect(log).toEqual(['subscribe tea', 'unsubscribe tea'])
    await next()
    expect(log).toHaveLength(2)
  })

  test('the last may leave and the first come back, and it stays subscribed', async () => {
    const { broker, log, next } = slowBroker()
    const rooms = topics({ broker })
    const { socket } = rig()
    rooms('tea').subscribe(socket)()
    rooms('tea').subscribe(socket)
    await next()
    expect(log).toEqual(['subscribe tea'])
  })

  test('the first may come back while it unsubscribes, and it subscribes after that', async () => {
    const { broker, log, next } = slowBroker()
    const rooms = topics({ broker })
    const { socket } = rig()
    const leave = rooms('tea').subscribe(socket)
    await next()
    leave()
    rooms('tea').subscribe(socket)
    expect(log).toEqual(['subscribe tea', 'unsubscribe tea'])
    await next()
    expect(log.slice(2)).toEqual(['subscribe tea'])
    await next()
    expect(log).toHaveLength(3)
  })

  test('no topic waits for another one', () => {
    const { broker, log } = slowBroker()
    const rooms = topics({ broker })
    const { socket } = rig()
    rooms('tea').subscribe(socket)
    rooms('coffee').subscribe(socket)
    expect(log).toEqual(['subscribe tea', 'subscribe coffee'])
  })
})

describe('a broker that fails', () => {
  function failing(broker: Partial<Broker>) {
    const errors: string[] = []
    const rooms = topics({
      broker: { publish() {}, subscribe: () => () => {}, ...broker },
      onError: ({ message }, subscriber) => errors.push(`${message} ${subscriber}`),
    })
    return { rooms, errors }
  }
  const broken = (): never => {
    throw new Error('broken')
  }

  test.each([
    ['throws', broken],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('when it publishes and %s, is reported', async (_, publish) => {
    const { rooms, errors } = failing({ publish })
    const { socket, peer } = rig()
    rooms('tea').subscribe(socket)
    expect(rooms('tea').publish('hello')).toBe(1)
    await settled()
    expect(peer.shown()).toEqual(['1 hello'])
    expect(errors).toEqual(['broken undefined'])
  })

  test.each([
    ['throws', broken],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('when it subscribes and %s, is tried again by the next subscriber', async (_, first) => {
    const subscribe = vi.fn<Broker['subscribe']>(() => () => {}).mockImplementationOnce(first)
    const { rooms, errors } = failing({ subscribe })
    const { socket } = rig()
    rooms('tea').subscribe(socket)
    await settled()
    expect(errors).toEqual(['broken undefined'])
    rooms('tea').subscribe(rig().socket)
    await settled()
    rooms('tea').subscribe(rig().socket)
    expect([subscribe.mock.calls.length, errors.length]).toEqual([2, 1])
  })

  test('when it unsubscribes, is reported, and subscribed again by the next one', async () => {
    const subscribe = vi.fn(() => broken)
    const { rooms, errors } = failing({ subscribe })
    const { socket } = rig()
    const leave = rooms('tea').subscribe(socket)
    await settled()
    leave()
    rooms('tea').subscribe(socket)
    await settled()
    expect([subscribe.mock.calls.length, errors]).toEqual([2, ['broken undefined']])
  })

  test('when it returns nothing that unsubscribes, is reported', async () => {
    const { rooms, errors } = failing({ subscribe: () => undefined as never })
    rooms('tea').subscribe(rig().socket)
    await settled()
    expect(errors).toEqual([
      'subscribe of a broker has to return a function that unsubscribes, not undefined undefined',
    ])
  })

  const id = Array.from({ length: 16 }, () => 7)
  test.each([
    ['it is no Uint8Array', 'hello'],
    ['it is no Uint8Array', undefined],
    ['it is no Uint8Array', { length: 20 }],
    ['it is not of version 1', new Uint8Array()],
    ['it is not of version 1', new Uint8Array([2, 1, ...id, 0x61])],
    ['it is not of version 1', new Uint8Array([1, 1, ...id.slice(1)])],
    ['it is neither text nor binary', new Uint8Array([1, 3, ...id, 0x61])],
    [expect.stringMatching(/utf-8|encoded data/i), new Uint8Array([1, 1, ...id, 0xff])],
  ])('in that %s, is reported', async (what, payload) => {
    const errors: Error[] = []
    const broker = new TestBroker()
    const rooms = topics({ broker, onError: (error) => errors.push(error) })
    const { socket, peer } = rig()
    rooms('tea\n').subscribe(socket)
    broker.deliver('tea\n', payload)
    const [{ message }] = errors as [Error]
    const [begin, ...rest] = message.split(': ')
    expect(begin).toBe("what the broker delivered for the topic 'tea\\u000a' is no message")
    expect(rest.join(': ')).toEqual(what)
    broker.deliver('tea\n', new Uint8Array([1, 1, ...id]))
    broker.deliver('tea\n', Buffer.from([1, 2, ...id, 0x61]))
    expect(peer.shown()).toEqual(['1 ', '2 a'])
  })
})
