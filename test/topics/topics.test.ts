import { describe, expect, test } from 'vitest'
import { Message } from '../../src/lens/message.ts'
import { knownMember } from '../../src/topics/members.ts'
import { topics } from '../../src/topics/topics.ts'
import { rig } from '../support/socket-rig.ts'

describe('topics by name', () => {
  test('are one topic for one name, whoever asked for it first', () => {
    const rooms = topics()
    const [one, other] = [rooms('tea'), rooms('tea')]
    const { socket, peer } = rig()
    one.subscribe(socket)
    expect([other.size, other.has(socket), rooms('coffee').size]).toEqual([1, true, 0])
    expect(other.publish('hello')).toBe(1)
    expect(rooms('coffee').publish('to nobody')).toBe(0)
    expect(peer.shown()).toEqual(['1 hello'])
    other.unsubscribe(socket)
    one.subscribe(socket)
    expect(other.publish('again')).toBe(1)
  })

  test('are named while they have subscribers, and keep nothing after that', () => {
    const rooms = topics()
    const [ann, ben] = [rig().socket, rig().socket]
    rooms('never').publish('hello')
    rooms('tea').subscribe(ann)
    rooms('tea').subscribe(ben)
    const leave = rooms('coffee').subscribe(ann)
    rooms('').subscribe(ben)
    rooms('__proto__').subscribe(ben)
    expect(rooms.names()).toEqual(['tea', 'coffee', '', '__proto__'])
    leave()
    ben.terminate()
    expect(rooms.names()).toEqual(['tea'])
    ann.terminate()
    expect(rooms.names()).toEqual([])
  })

  test('are forgotten by a socket that has left them', () => {
    const rooms = topics()
    const { socket } = rig()
    for (const name of ['tea', 'coffee', 'milk']) rooms(name).subscribe(socket)
    rooms('tea').unsubscribe(socket)
    rooms('coffee').unsubscribe(socket)
    expect(knownMember(socket)?.places.size).toBe(1)
  })

  test('may be tens of thousands', () => {
    const rooms = topics()
    const { socket, peer } = rig()
    for (let i = 0; i < 50_000; i++) rooms(`room ${i}`).subscribe(socket)
    expect(rooms.names()).toHaveLength(50_000)
    expect(rooms('room 4321').publish('hello')).toBe(1)
    expect(peer.shown()).toEqual(['1 hello'])
    socket.terminate()
    expect(rooms.names()).toEqual([])
  })

  test('are apart from those of others', () => {
    const [mine, yours] = [topics(), topics()]
    mine('tea').subscribe(rig().socket)
    expect(yours('tea').publish('hello')).toBe(0)
  })

  test('share a lens', () => {
    const counts = topics({ message: Message.json().map(Number, (count: number) => count) })
    const { socket, peer } = rig()
    counts('tea').subscribe(socket)
    counts('tea').publish(2)
    expect(peer.shown()).toEqual(['1 2'])
  })

  test('are named by strings, and have no other options', () => {
    const call = (fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown =>
      Reflect.apply(fn, undefined, args)
    expect(() => call(topics(), 7)).toThrow('a topic is named by a string, not number')
    expect(() => call(topics, { adapter: {} })).toThrow('topics() has no option adapter')
    expect(() => call(topics, { broker: { publish() {} } })).toThrow(
      'a broker needs a function subscribe, not undefined',
    )
  })
})
