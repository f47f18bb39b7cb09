import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../../src/protocol/close/close-record.ts'
import { ConnectionLostException, PingTimeoutException } from '../../../src/websocket/errors.ts'
import { SocketEvents } from '../../../src/websocket/socket/socket-events.ts'
import { rig, settled } from '../../support/socket-rig.ts'

const { socket } = rig()

function events(): { events: SocketEvents; reports: string[]; log: string[] } {
  const reports: string[] = []
  const hook = (error: Error, of: unknown): void => {
    expect(of).toBe(socket)
    reports.push(error.message)
  }
  return { events: new SocketEvents(socket, hook), reports, log: [] }
}

const record = (cause?: Error, code = 1011): CloseRecord => ({
  reason: new CloseReason(code),
  local: undefined,
  remote: undefined,
  initiator: 'local',
  clean: false,
  cause,
})

describe('a fault', () => {
  it('goes to every error listener, and to the hook when there is none', () => {
    const { events: one, reports, log } = events()
    expect(one.fault(new Error('first'))).toBe(false)
    const remove = one.onError((error) => log.push(`1 ${error.message}`))
    one.onError((error) => log.push(`2 ${error.message}`))
    expect(one.fault(new Error('second'))).toBe(true)
    remove()
    expect(one.fault(new Error('third'))).toBe(true)
    expect(log).toEqual(['1 second', '2 second', '2 third'])
    expect(reports).toEqual(['first'])
  })

  it('goes to a listener as often as it was added, less what was removed once', () => {
    const { events: one, log } = events()
    const listener = (error: Error): number => log.push(error.message)
    const remove = one.onError(listener)
    one.onError(listener)
    remove()
    remove()
    expect(one.fault(new Error('first'))).toBe(true)
    expect(log).toEqual(['first'])
  })

  it('of a listener itself goes to the hook', async () => {
    const { events: one, reports } = events()
    one.onError(() => {
      throw new Error('in onError')
    })
    one.onError(() => Promise.reject(new Error('in async onError')))
    one.onClose(() => {
      throw 'in onClose'
    })
    one.fault(new Error('a fault'))
    one.ended(record())
    await settled()
    expect(reports).toEqual(['in onError', 'in onClose', 'in async onError'])
  })
})

describe('the end', () => {
  it('is told once to each close listener that was not removed', () => {
    const { events: one, log } = events()
    one.onClose((status) => log.push(`1 ${status.code}`))
    one.onClose((status) => log.push(`2 ${status.code}`))()
    one.ended(record())
    expect(log).toEqual(['1 1011'])
  })

  it('is told to a listener as often as it was added, less what was removed once', () => {
    const { events: one, log } = events()
    const listener = (): number => log.push('closed')
    const remove = one.onClose(listener)
    one.onClose(listener)
    remove()
    remove()
    one.ended(record())
    expect(log).toEqual(['closed'])
  })

  it('is told in a microtask to whoever listens later, unless removed before', async () => {
    const { events: one, log } = events()
    one.ended(record())
    one.onClose((status) => log.push(`late ${status.code}`))
    one.onClose(() => log.push('removed'))()
    expect(log).toEqual([])
    await settled()
    expect(log).toEqual(['late 1011'])
  })

  it('is told to functions only, whenever they listen', () => {
    const { events: one, reports } = events()
    const listen = (): unknown => Reflect.apply(one.onClose, one, [undefined])
    expect(listen).toThrow('a listener has to be a function')
    one.ended(record())
    expect(listen).toThrow('a listener has to be a function')
    expect(reports).toEqual([])
  })

  it('of a failure is told to error listeners first', () => {
    const { events: one, reports, log } = events()
    one.onClose(() => log.push('close'))
    one.onError((error) => log.push(error.message))
    one.ended(record(new PingTimeoutException('no Pong')))
    expect(log).toEqual(['no Pong', 'close'])
    expect(reports).toEqual([])
  })

  it('of a connection that was lost is told by its status alone', () => {
    const { events: one, reports, log } = events()
    one.onError((error) => log.push(error.message))
    one.ended(record(new ConnectionLostException('reset'), 1006))
    expect(log).toEqual([])
    expect(reports).toEqual([])
  })
})
