import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/protocol/frame/frame.ts'
import { FrameType } from '../../../src/protocol/frame/frame-type.ts'
import { ControlEvents } from '../../../src/websocket/socket/control-events.ts'
import { SocketEvents } from '../../../src/websocket/socket/socket-events.ts'
import { bytes, hex } from '../../support/hex.ts'
import { rig } from '../../support/socket-rig.ts'

function controls(): { events: ControlEvents; reports: string[]; log: string[] } {
  const reports: string[] = []
  const events = new SocketEvents(rig().socket, () => {})
  const fault = (error: Error): void => void reports.push(error.message)
  return { events: new ControlEvents({ events, fault }), reports, log: [] }
}

describe('a control frame', () => {
  it('is told as a frame', () => {
    const { events: one, log } = controls()
    const show = (frame: Frame): number => log.push(`${frame.type} ${frame.fin} ${hex(frame.data)}`)
    const remove = one.onControl(show)
    one.control(FrameType.PING, bytes('01'), false)
    one.control(FrameType.PONG, bytes('02'), true)
    one.control(FrameType.CLOSE, bytes('03e8'), false)
    remove()
    one.control(FrameType.PING, bytes('04'), false)
    expect(log).toEqual(['ping true 01', 'pong true 02', 'close true 03e8'])
  })

  it('that is a Pong nobody waited for is told to Pong listeners, and no other', () => {
    const { events: one, reports, log } = controls()
    const remove = one.onPong((data) => log.push(hex(data)))
    one.onPong(() => {
      throw new Error('in onPong')
    })
    one.control(FrameType.PONG, bytes('01'), false)
    one.control(FrameType.PONG, bytes('02'), true)
    one.control(FrameType.PING, bytes('03'), false)
    remove()
    one.control(FrameType.PONG, bytes('04'), false)
    expect(log).toEqual(['01'])
    expect(reports).toEqual(['in onPong', 'in onPong'])
  })

  it('whose listener throws or rejects, closes with 1011 where nobody listens to errors', async () => {
    const errors: string[] = []
    const heard = rig()
    heard.socket.onError((error) => errors.push(error.message))
    const { socket, peer } = rig()
    for (const { link } of [heard.socket, socket]) {
      link.onPong(() => Promise.reject(new Error('in onPong')))
    }
    heard.peer.send('8a 81 00000000 01')
    peer.send('8a 81 00000000 01')
    await Promise.resolve()
    expect([heard.socket.state, errors]).toEqual(['open', ['in onPong']])
    expect(socket.state).toBe('closing')
    expect(peer.received()).toMatch(/^88..03f3/)
  })

  it('is told as often as its listener was added, less what was removed once', () => {
    const { events: one, log } = controls()
    const [pong, control] = [() => log.push('pong'), () => log.push('control')]
    const removals = [one.onPong(pong), one.onControl(control)]
    one.onPong(pong)
    one.onControl(control)
    for (const remove of [...removals, ...removals]) remove()
    one.control(FrameType.PONG, bytes('01'), false)
    expect(log).toEqual(['pong', 'control'])
  })
})
