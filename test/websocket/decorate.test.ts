import { describe, expect, test } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'
import { type Decoration, decorate } from '../../src/websocket/decorate.ts'
import { NotSupportedException } from '../../src/websocket/errors.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'
import { hex } from '../support/hex.ts'
import { showFrame } from '../support/show-frame.ts'
import { type Rig, rig, settled } from '../support/socket-rig.ts'

function decorated(
  decoration: Decoration,
  mode: 'messages' | 'frames' = 'messages',
): Rig & { readonly view: FrameSocket } {
  const end = rig({ mode, protocol: 'v1' })
  return { ...end, view: decorate<FrameSocket>(end.socket, decoration) }
}

const tagged = (tag: string): Decoration => ({
  send: (message, next) => next(message.body(`${message.text()}${tag}`)),
  message: (message, next) => next(message.body(`${message.text()}${tag}`)),
  close: (status, next) => next(status.description(`${status.message}${tag}`)),
})

describe('a socket that is decorated with nothing', () => {
  test('is as it was', async () => {
    const end = decorated({})
    const { view, socket, peer, log } = end
    expect(view.upgradeRequest).toBe(socket.upgradeRequest)
    expect(view.link).toBe(socket.link)
    expect([view.protocol, view.state, view.bufferedAmount]).toEqual(['v1', 'open', 0])
    view.onMessage((message) => log.push(message.text()))
    view.onMessage((message) => log.push(`removed ${message.text()}`))()
    view.onError((error) => log.push(error.message))
    view.onClose(({ code }) => log.push(String(code)))
    view.onMessage(() => {
      throw new Error('thrown')
    })
    view.send('a')
    await view.drained()
    peer.send('81 81 00000000 62')
    view.close(new CloseReason(4000))
    peer.send('88 82 00000000 03e8')
    expect(end.peer.shown()).toEqual(['1 a', '8 \u000f\u00a0'])
    expect(log).toEqual(['b', 'thrown', '4000'])
  })

  test('can be terminated', () => {
    const { view, socket } = decorated({})
    view.terminate()
    expect([view.state, socket.state]).toEqual(['closed', 'closed'])
  })
})

describe('a decoration', () => {
  test('changes the request', () => {
    const upgradeRequest = requestOf(new Request('http://localhost/other'))
    expect(decorated({ upgradeRequest }).view.upgradeRequest).toBe(upgradeRequest)
  })

  test('changes what is sent, whatever it is given as', () => {
    const seen: string[] = []
    const end = decorated({
      send(message, next) {
        seen.push(`${message.mode} ${message.text()}`)
        return next(message.body(message.text().toUpperCase(), message.mode))
      },
    })
    expect(end.view.send('a')).toBe(true)
    end.view.send(Uint8Array.of(0x62))
    end.view.send(WsMessage.text('c'))
    expect(seen).toEqual(['text a', 'binary b', 'text c'])
    expect(end.peer.shown()).toEqual(['1 A', '2 B', '1 C'])
  })

  test('may send nothing, or more than one', () => {
    const end = decorated({
      send: (message, next) =>
        message.text() === 'no' ? false : next(message) && next(WsMessage.text('more')),
    })
    expect(end.view.send('no')).toBe(false)
    expect(end.view.send('yes')).toBe(true)
    expect(end.peer.shown()).toEqual(['1 yes', '1 more'])
  })

  test('changes what is delivered, to each listener', () => {
    const { view, peer, log } = decorated({
      message: (message, next) =>
        message.text() === 'x' ? undefined : next(message.body(`${message.text()}!`)),
    })
    view.onMessage((message) => log.push(`first ${message.text()}`))
    view.onMessage((message) => log.push(`second ${message.text()}`))
    peer.send('81 81 00000000 61')
    peer.send('81 81 00000000 78')
    expect(log).toEqual(['first a!', 'second a!'])
  })

  test('counts as working while its promise is pending', async () => {
    let go!: () => void
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const { view, peer } = decorated({
      message: async (message, next) => {
        await gate
        return next(message)
      },
    })
    let heard = 0
    view.onMessage(() => heard++)
    for (let i = 0; i < 300; i++) peer.send('81 81 00000000 61')
    expect(peer.waiting).toBeGreaterThan(0)
    go()
    await settled()
    expect([heard, peer.waiting]).toEqual([300, 0])
  })

  test('that throws in message is a fault of the socket', () => {
    const { view, peer, log } = decorated({
      message() {
        throw new Error('thrown by the filter')
      },
    })
    view.onError((error) => log.push(error.message))
    view.onMessage(() => {})
    peer.send('81 81 00000000 61')
    expect(log).toEqual(['thrown by the filter'])
  })

  test('changes how it closes, with 1000 when no status is given', () => {
    const statuses: string[] = []
    const end = decorated({
      close(status, next) {
        statuses.push(status.toString())
        next(new CloseReason(4000, 'changed'))
      },
    })
    end.view.close()
    expect(statuses).toEqual([WsStatus.NORMAL.toString()])
    expect(end.peer.shown()).toEqual(['8 \u000f\u00a0changed'])
  })

  test('may keep it open', () => {
    const { view, socket } = decorated({ close() {} })
    view.close(WsStatus.GOING_AWAY)
    expect(socket.state).toBe('open')
  })

  test('has methods, which are called as such', () => {
    const counting = {
      count: 0,
      send(message: WsMessage, next: (message: WsMessage) => boolean): boolean {
        this.count++
        return next(message)
      },
    }
    const { view } = decorated(counting)
    view.send('a')
    view.send('b')
    expect(counting.count).toBe(2)
  })
})

describe('three decorations', () => {
  test('apply from the outside in to what is sent, from the inside out to what comes', () => {
    const end = rig()
    const { socket, log, peer } = end
    const view = decorate(decorate(decorate(socket, tagged('1')), tagged('2')), tagged('3'))
    expect(view.link).toBe(socket.link)
    view.onMessage((message) => log.push(message.text()))
    view.send('out ')
    peer.send('81 83 00000000 696e20')
    view.close(new CloseReason(4000, 'bye '))
    expect(log).toEqual(['in 123'])
    expect(end.peer.shown()).toEqual(['1 out 321', '8 \u000f\u00a0bye 321'])
  })

  test('keep the frames of a socket that has them', () => {
    const end = rig({ mode: 'frames' })
    const view = decorate<FrameSocket>(
      decorate<FrameSocket>(decorate<FrameSocket>(end.socket, tagged('1')), tagged('2')),
      tagged('3'),
    )
    const heard: string[] = []
    view.frames.onFrame((frame) => heard.push(showFrame(frame)))
    view.frames.send(new Frame.Text('out '))
    view.frames.send(new Frame.Ping(Uint8Array.of(1)))
    end.peer.send('81 83 00000000 696e20  89 80 00000000')
    expect(end.peer.shown()).toEqual(['1 out 321', '9 \u0001'])
    expect(heard).toEqual([`text fin=true rsv=000 ${hex('696e20313233')}`, 'ping fin=true rsv=000'])
  })
})

describe('of a socket of frames', () => {
  test('the channel is one and the same, and its masking that of the socket', () => {
    const { view, socket } = decorated({}, 'frames')
    expect(view.frames).toBe(view.frames)
    expect(view.frames.masking).toBe(false)
    view.frames.masking = true
    expect(socket.frames.masking).toBe(true)
  })

  test('frames go as they are where nothing changes them', () => {
    const end = decorated({ close() {} }, 'frames')
    const frame = new Frame.Text('a')
    const heard: Frame[] = []
    end.view.frames.onFrame((each) => heard.push(each))
    end.view.frames.send(frame)
    end.peer.send('81 81 00000000 62')
    expect(end.peer.shown()).toEqual(['1 a'])
    expect(heard.map(showFrame)).toEqual(['text fin=true rsv=000 62'])
  })

  test('a whole frame that the decoration passes on is the same frame', () => {
    const modes: string[] = []
    const noted = (message: WsMessage): WsMessage => {
      modes.push(message.mode)
      return message
    }
    const end = decorated(
      {
        send: (message, next) => next(noted(message)),
        message: (message, next) => next(noted(message)),
      },
      'frames',
    )
    const below: Frame[] = []
    const heard: Frame[] = []
    end.socket.frames.onFrame((frame) => below.push(frame))
    end.view.frames.onFrame((frame) => heard.push(frame))
    end.view.frames.send(new Frame.Binary(Uint8Array.of(1, 2)))
    end.view.frames.send(new Frame.Text('a', true, true))
    end.peer.send('82 81 00000000 03  81 81 00000000 62')
    expect(end.peer.received()).toBe(hex('82 02 0102  c1 01 61'))
    expect(heard.map((frame, i) => frame === below[i])).toEqual([true, true])
    expect(modes).toEqual(['binary', 'text', 'binary', 'text'])
  })

  test('a whole frame may change its type with its message', () => {
    const end = decorated(
      {
        send: (message, next) => next(WsMessage.of(message.bytes())),
        message: (message, next) => next(WsMessage.text(message.text())),
      },
      'frames',
    )
    const heard: string[] = []
    end.view.frames.onFrame((frame) => heard.push(showFrame(frame)))
    end.view.frames.send(new Frame.Text('a'))
    end.peer.send('82 81 00000000 62')
    expect(end.peer.received()).toBe('820161')
    expect(heard).toEqual(['text fin=true rsv=000 62'])
  })

  test('fragments are left alone, the last one too, for every listener', () => {
    const end = decorated(tagged('!'), 'frames')
    const heard: string[] = []
    end.view.frames.onFrame((frame) => heard.push(`1 ${showFrame(frame)}`))
    end.view.frames.onFrame((frame) => heard.push(`2 ${showFrame(frame)}`))
    end.view.frames.send(new Frame.Text('a', false))
    end.view.frames.send(new Frame.Text('b', true))
    end.view.frames.send(new Frame.Text('c'))
    end.peer.send('01 81 00000000 78  80 81 00000000 79  81 81 00000000 7a')
    expect(end.peer.shown()).toEqual(['1 a', '0 b', '1 c!'])
    expect(heard).toEqual([
      '1 text fin=false rsv=000 78',
      '2 text fin=false rsv=000 78',
      '1 text fin=true rsv=000 79',
      '2 text fin=true rsv=000 79',
      '1 text fin=true rsv=000 7a21',
      '2 text fin=true rsv=000 7a21',
    ])
  })

  test('a fragment that cannot be sent does not count', () => {
    const end = decorated(tagged('!'), 'frames')
    const { frames } = end.view
    frames.send(new Frame.Text('a', false))
    expect(() => frames.send(new Frame.Binary(Uint8Array.of(1)))).toThrow(TypeError)
    frames.send(new Frame.Text('b', true))
    frames.send(new Frame.Text('d'))
    expect(end.peer.shown()).toEqual(['1 a', '0 b', '1 d!'])
  })

  test('frames of a socket without them are refused by the socket', () => {
    expect(() => decorated({}).view.frames).toThrow(NotSupportedException)
  })
})
