import { describe, expect, it } from 'vitest'
import { CloseReason } from '../../../src/protocol/close/close-reason.ts'
import { Frame } from '../../../src/protocol/frame/frame.ts'
import { encodeFrame } from '../../../src/protocol/frame/frame-header.ts'
import { bytes, hex } from '../../support/hex.ts'
import { Machine } from '../../support/machine.ts'

describe('the close handshake', () => {
  it('begun here: Close goes out, and the answer ends it', () => {
    const machine = new Machine()
    machine.connection.close(new CloseReason(1001, 'bye'))
    expect(machine.connection.state).toBe('closing')
    expect(machine.connection.record).toBeUndefined()
    expect(hex(machine.output.take())).toBe(hex('88 05 03e9 627965'))
    machine.receive('88 82 00000000 03e9')
    expect(machine.connection.state).toBe('closed')
    expect(machine.log).toEqual(['close 03e9', 'end 1001'])
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(1001, 'bye'),
      local: new CloseReason(1001, 'bye'),
      remote: new CloseReason(1001),
      initiator: 'local',
      clean: true,
      cause: undefined,
    })
    expect(machine.sent()).toEqual([])
  })

  it('begun by the peer: its payload is echoed, and that ends it', () => {
    const machine = new Machine()
    machine.receive('88 84 00000000 0fa0 6f6b')
    expect(hex(machine.output.take())).toBe(hex('88 04 0fa0 6f6b'))
    expect(machine.log).toEqual(['close 0fa06f6b', 'end 4000'])
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(4000, 'ok'),
      local: new CloseReason(4000, 'ok'),
      remote: new CloseReason(4000, 'ok'),
      initiator: 'remote',
      clean: true,
      cause: undefined,
    })
  })

  it('is masked by a client', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('88 02 03e8')
    expect(machine.sent()).toMatchObject([
      { opcode: 8, payload: bytes('03e8'), key: expect.any(Uint8Array) },
    ])
  })

  it('with an empty Close is answered by one, and told as 1005', () => {
    const machine = new Machine()
    machine.receive('88 80 00000000')
    expect(hex(machine.output.take())).toBe(hex('88 00'))
    expect(machine.log).toEqual(['close', 'end 1005'])
    expect(machine.connection.record).toMatchObject({
      reason: { code: 1005 },
      local: { code: 1005 },
      remote: { code: 1005 },
      initiator: 'remote',
      clean: true,
    })
  })

  it('begun by both at once is answered by neither, and was begun here', () => {
    const server = new Machine()
    const client = new Machine({ role: 'client' })
    server.connection.close(new CloseReason(1001, 'server'))
    client.connection.close(new CloseReason(4000, 'client'))
    const [fromServer, fromClient] = [server.output.take(), client.output.take()]
    server.receive(fromClient)
    client.receive(fromServer)
    expect(server.connection.record).toMatchObject({
      reason: { code: 1001 },
      local: { code: 1001 },
      remote: { code: 4000 },
      initiator: 'local',
      clean: true,
    })
    expect(client.connection.record).toMatchObject({
      reason: { code: 4000 },
      local: { code: 4000 },
      remote: { code: 1001 },
      initiator: 'local',
      clean: true,
    })
    expect(server.sent()).toEqual([])
    expect(client.sent()).toEqual([])
  })

  it.each([1000, 1003, 1007, 1014, 3000, 4999])('carries code %i there and back', (code) => {
    const server = new Machine()
    const client = new Machine({ role: 'client' })
    client.connection.close(new CloseReason(code, '€'))
    server.receive(client.output.take())
    client.receive(server.output.take())
    for (const { connection } of [server, client]) {
      expect(connection.record).toMatchObject({ reason: new CloseReason(code, '€'), clean: true })
    }
  })
})

describe('a Close frame from the peer', () => {
  it('is the last of what is read', () => {
    const machine = new Machine({ role: 'client' })
    expect(machine.receive('88 02 03e8  81 01 61  83 00')).toBe(9)
    expect(machine.receive('89 00')).toBe(2)
    expect(machine.log).toEqual(['close 03e8', 'end 1000'])
    expect(machine.sent()).toHaveLength(1)
  })

  it('may come in the middle of a message, which is lost', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive('01 01 61  88 02 03e8  80 01 62')
    expect(machine.log).toEqual(['close 03e8', 'end 1000'])
    expect(machine.connection.record?.clean).toBe(true)
  })

  it('may carry 123 octets of text', () => {
    const machine = new Machine({ role: 'client' })
    machine.receive(encodeFrame(8, bytes(`03e8 ${'61'.repeat(123)}`)))
    expect(machine.connection.record?.remote).toEqual(new CloseReason(1000, 'a'.repeat(123)))
  })

  it('that is wrong after ours ends the connection without another', () => {
    const machine = new Machine({ role: 'client' })
    machine.connection.close(new CloseReason(1000))
    machine.sent()
    machine.receive('88 01 03')
    expect(machine.sent()).toEqual([])
    expect(machine.connection.record).toMatchObject({
      reason: { code: 1000 },
      remote: undefined,
      initiator: 'local',
      clean: false,
      cause: { message: 'a close payload of one byte' },
    })
  })
})

describe('after our Close', () => {
  it("messages are still told, and Pings answered until the peer's (RFC 6455, section 5.5.2)", () => {
    const machine = new Machine({ role: 'client', limits: { maxPendingPongs: 1 } })
    machine.connection.close(new CloseReason(1000))
    machine.sent()
    machine.receive('81 01 61  89 01 70  81 01 62  89 01 71')
    expect(machine.log).toEqual(['text "a"', 'ping 70', 'text "b"', 'ping 71'])
    expect(machine.sent()).toMatchObject([{ opcode: 10, payload: bytes('70') }])
    expect(machine.connection.drained()).toBe(true)
    expect(machine.sent()).toMatchObject([{ opcode: 10, payload: bytes('71') }])
    expect(machine.connection.drained()).toBe(false)
    machine.receive('89 01 72  89 01 73  88 02 03e8  89 01 74')
    expect(machine.sent()).toMatchObject([{ opcode: 10, payload: bytes('72') }])
    expect(machine.connection.drained()).toBe(false)
    expect(machine.sent()).toEqual([])
  })

  it('nothing else is sent (RFC 6455, section 5.5.1)', () => {
    const begun = new Machine()
    begun.connection.close(new CloseReason(1000))
    const answered = new Machine()
    answered.receive('88 82 00000000 03e8')
    const gone = new Machine()
    gone.connection.lost(undefined)
    for (const { connection, output } of [begun, answered, gone]) {
      const { state } = connection
      output.take()
      connection.text('a', -1)
      connection.binary(bytes('01'), false)
      connection.encoded(encodeFrame(1, bytes('61')))
      connection.frame(new Frame.Text('a', false))
      connection.frame(new Frame.Ping())
      connection.frame(new Frame.Close())
      connection.close(new CloseReason(1001))
      connection.drained()
      expect(hex(output.take())).toBe('')
      expect(connection.state).toBe(state)
    }
  })

  it('the first reason wins', () => {
    const machine = new Machine()
    machine.connection.close(new CloseReason(1001, 'first'))
    machine.connection.close(new CloseReason(1011, 'second'))
    machine.connection.frame(new Frame.Close(new CloseReason(1012)))
    machine.connection.fail(new CloseReason(1013), new Error('third'))
    expect(machine.sent()).toMatchObject([{ opcode: 8, payload: bytes('03e9 6669727374') }])
    expect(machine.connection.record).toMatchObject({
      reason: new CloseReason(1001, 'first'),
      clean: false,
      cause: new Error('third'),
    })
  })
})

describe('closing', () => {
  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535])(
    'with code %i is refused, and nothing is sent (B3)',
    (code) => {
      const machine = new Machine()
      expect(() => machine.connection.close(new CloseReason(code))).toThrow(
        new RangeError(
          `close code ${code} cannot be sent: use a CloseReason with 1000 to 1003, 1007 to 1014 or 3000 to 4999`,
        ),
      )
      expect(machine.sent()).toEqual([])
      expect(machine.connection.state).toBe('open')
    },
  )

  it('with what only looks like a reason, and has a longer message than fits, is refused', () => {
    const machine = new Machine()
    const reason = { code: 1000, message: 'é'.repeat(62) } as CloseReason
    expect(() => machine.connection.close(reason)).toThrow(
      new RangeError('a close reason of 124 bytes: at most 123 fit, see CloseReason.truncated'),
    )
    expect(machine.sent()).toEqual([])
    expect(machine.connection.state).toBe('open')
  })

  it('by a frame, empty or not, begins the handshake', () => {
    const empty = new Machine({ role: 'client', masked: { incoming: false, outgoing: false } })
    empty.connection.frame(new Frame.Close())
    expect(hex(empty.output.take())).toBe(hex('88 00'))
    empty.receive('88 02 03e8')
    expect(empty.connection.record).toMatchObject({
      reason: { code: 1005 },
      local: { code: 1005 },
      remote: { code: 1000 },
      initiator: 'local',
      clean: true,
    })
    const machine = new Machine()
    machine.connection.frame(new Frame.Close(new CloseReason(4001, 'x')))
    expect(hex(machine.output.take())).toBe(hex('88 03 0fa1 78'))
    expect(machine.connection.state).toBe('closing')
  })
})

describe('the end', () => {
  it('without a Close frame is 1006, by the transport', () => {
    const machine = new Machine()
    const cause = new Error('reset')
    machine.connection.lost(cause)
    expect(machine.log).toEqual(['end 1006'])
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(1006, 'Connection lost'),
      local: undefined,
      remote: undefined,
      initiator: 'transport',
      clean: false,
      cause,
    })
    expect(machine.sent()).toEqual([])
  })

  it('after our Close alone has our reason, and is not clean', () => {
    const machine = new Machine()
    const cause = new Error('timeout')
    machine.connection.close(new CloseReason(1001))
    machine.connection.lost(cause)
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(1001),
      local: new CloseReason(1001),
      remote: undefined,
      initiator: 'local',
      clean: false,
      cause,
    })
  })

  it('by a failure here tells the peer, and does not wait for it', () => {
    const machine = new Machine()
    const cause = new Error('no pong')
    machine.connection.fail(new CloseReason(1011, 'Ping timeout'), cause)
    expect(machine.sentClose()).toBe(1011)
    expect(machine.connection.record).toEqual({
      reason: new CloseReason(1011, 'Ping timeout'),
      local: new CloseReason(1011, 'Ping timeout'),
      remote: undefined,
      initiator: 'local',
      clean: false,
      cause,
    })
    expect(machine.receive('88 80 00000000')).toBe(6)
    expect(machine.log).toEqual(['end 1011'])
  })

  it('is told once, whatever happens afterwards', () => {
    const machine = new Machine()
    machine.receive('88 82 00000000 03e8')
    const { record } = machine.connection
    machine.connection.lost(new Error('gone'))
    machine.connection.fail(new CloseReason(1011), new Error('late'))
    machine.connection.close(new CloseReason(1011))
    expect(machine.sink.records).toEqual([record])
    expect(machine.connection.record).toBe(record)
    expect(machine.sent()).toHaveLength(1)
  })

  it('of a lost connection stays its end, and nothing is sent', () => {
    const machine = new Machine()
    machine.connection.lost(undefined)
    machine.connection.fail(new CloseReason(1011), new Error('late'))
    expect(machine.log).toEqual(['end 1006'])
    expect(machine.connection.state).toBe('closed')
    expect(machine.sent()).toEqual([])
  })

  it('comes after nothing more than the Close, also when more comes while that is told', () => {
    const machine = new Machine({ role: 'client' })
    machine.sink.onLine = (line) => {
      if (line === 'close 03e8') machine.receive('81 01 61')
    }
    machine.receive('88 02 03e8')
    expect(machine.log).toEqual(['close 03e8', 'end 1000'])
  })

  it('may be caused by the receiver of a message', () => {
    const machine = new Machine({ role: 'client' })
    machine.sink.onLine = (line) => {
      if (line === 'text "a"') machine.connection.lost(undefined)
    }
    expect(machine.receive('81 01 61  81 01 62')).toBe(6)
    expect(machine.log).toEqual(['text "a"', 'end 1006'])
  })
})
