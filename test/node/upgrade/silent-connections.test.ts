import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentConnections } from '../../../src/node/upgrade/silent-connections.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('silentConnections', () => {
  test('tells of each that stays silent, after once to twice the patience', () => {
    const overdue: Socket[] = []
    const silent = silentConnections(100, (socket) => overdue.push(socket))
    const [first, second] = [new Socket(), new Socket()]
    silent.add(first)
    vi.advanceTimersByTime(150)
    silent.add(second)
    expect(overdue).toEqual([])
    vi.advanceTimersByTime(50)
    expect(overdue).toEqual([first])
    vi.advanceTimersByTime(100)
    expect(overdue).toEqual([first, second])
  })

  test('takes the timers of a DOM, which are numbers', () => {
    vi.stubGlobal('setInterval', () => 7)
    const silent = silentConnections(100, () => {})
    silent.add(new Socket())
    silent.close()
    vi.unstubAllGlobals()
  })

  test('forgets those that are taken out, young and old', () => {
    const overdue: Socket[] = []
    const silent = silentConnections(100, (socket) => overdue.push(socket))
    const [young, old] = [new Socket(), new Socket()]
    silent.add(old)
    vi.advanceTimersByTime(100)
    silent.add(young)
    silent.delete(old)
    silent.delete(young)
    vi.advanceTimersByTime(1_000)
    expect(overdue).toEqual([])
  })

  test('has a timer only while there are any', () => {
    const silent = silentConnections(100, () => {})
    expect(vi.getTimerCount()).toBe(0)
    silent.add(new Socket())
    silent.add(new Socket())
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(200)
    expect(vi.getTimerCount()).toBe(0)
    silent.add(new Socket())
    expect(vi.getTimerCount()).toBe(1)
  })

  test('forgets those that are destroyed', () => {
    const overdue: Socket[] = []
    const silent = silentConnections(100, (socket) => overdue.push(socket))
    const socket = new Socket()
    silent.add(socket)
    socket.destroy()
    vi.advanceTimersByTime(200)
    expect(overdue).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('drops those that there are, young and old, and all that come later, once it is closed', () => {
    const silent = silentConnections(100, () => {})
    const [old, young, late, other] = Array.from({ length: 4 }, () => new Socket())
    silent.add(old!)
    silent.add(other!)
    vi.advanceTimersByTime(100)
    silent.add(young!)
    silent.delete(other!)
    silent.close()
    silent.add(late!)
    expect([old, young, late, other].map((socket) => socket?.destroyed)).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})
