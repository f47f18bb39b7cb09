import { expect, test } from 'vitest'
import { CloseReason } from '../../src/protocol/close-reason.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { PolledTransport } from '../../src/websocket/polled-transport.ts'

test('a transport that is polled passes on what it is told, and asks every 5 ms', () => {
  const told: unknown[] = []
  const clock = new VirtualClock()
  const socket = {
    readyState: 1,
    bufferedAmount: 7,
    send: (content: unknown) => told.push(content),
    close: (...reason: unknown[]) => told.push(reason),
  }
  const transport = new PolledTransport(socket, 'chat', clock)
  expect([transport.protocol, transport.open, transport.bufferedAmount]).toEqual(['chat', true, 7])
  transport.send('hello')
  transport.close(new CloseReason(4000, 'why'))
  transport.terminate()
  transport.whenDrained(() => told.push('looked'))
  clock.advance(4)
  expect(told).toEqual(['hello', [4000, 'why'], []])
  clock.advance(1)
  expect(told.at(-1)).toBe('looked')
  socket.readyState = 2
  expect(transport.open).toBe(false)
})
