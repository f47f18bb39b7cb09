import { expect, test } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { VirtualClock } from '../../../src/testing/clock/virtual-clock.ts'
import { PolledTransport } from '../../../src/websocket/whole-messages/polled-transport.ts'

function rig() {
  const told: unknown[] = []
  const clock = new VirtualClock()
  const socket = {
    readyState: 1,
    bufferedAmount: 7,
    send: (content: unknown) => told.push(content),
    close: (...reason: unknown[]) => told.push(reason),
  }
  return { told, clock, socket, transport: new PolledTransport(socket, clock) }
}

test('a transport that is polled passes on what it is told', () => {
  const { told, socket, transport } = rig()
  expect([transport.open, transport.bufferedAmount]).toEqual([true, 7])
  transport.send('hello')
  transport.close(new CloseReason(4000, 'why'))
  transport.terminate()
  expect(told).toEqual(['hello', [4000, 'why'], []])
  socket.readyState = 2
  expect(transport.open).toBe(false)
})

test('where the runtime does not count what waits, nothing does', () => {
  const { clock, socket } = rig()
  const { bufferedAmount: _, ...uncounted } = socket
  expect(new PolledTransport(uncounted, clock).bufferedAmount).toBe(0)
})

test('it is asked at once while its peer reads, and every 5 ms when it has stopped', () => {
  const { clock, socket, transport } = rig()
  const looks: number[] = []
  const look = (): void => {
    looks.push(clock.now())
    if (socket.bufferedAmount > 0) transport.whenDrained(look)
  }
  look()
  clock.advance(20)
  expect(looks.filter((time) => time === 0)).toHaveLength(18)
  expect(looks.slice(18)).toEqual([1, 3, 6, 10, 15, 20])
  socket.bufferedAmount = 3
  clock.advance(5)
  expect(looks.slice(24)).toEqual(Array.from({ length: 18 }, () => 25))
  socket.bufferedAmount = 0
  clock.advance(5)
  expect(clock.pending).toBe(0)
})
