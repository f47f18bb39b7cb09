import { describe, expect, it } from 'vitest'
import { connect, open } from '../../src/node/client/connect.ts'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { Besieged } from '../support/besieged.ts'
import { handshake } from '../support/raw-client.ts'
import { rawServer } from '../support/raw-server.ts'

/** Ends a line, begins another one, clears a screen, turns what is written around. */
const EVIL = 'bye\r\n[ERROR] root logged in\u001b[2J\u009b\u2028\u202e'

/** No line of its own, and nothing that steers a terminal. */
const ONE_LINE = /^[^\p{Cc}\p{Bidi_Control}\u2028\u2029]*$/u

describe('what a peer writes', () => {
  it('into a close reason does not end the line of an error or of a record', async () => {
    const payload = Buffer.concat([Buffer.of(0x0f, 0xa0), Buffer.from(EVIL)])
    await using server = await rawServer((connection) => {
      connection.upgrade(undefined, { opcode: 8, payload })
    })
    const client = connect(server.url)
    const error = await failure(async () => {
      for await (const _ of client.received());
    })
    expect(error.message).toMatch(/4000/)
    expect(error.message).toMatch(ONE_LINE)
    expect(String(new CloseReason(4000, EVIL))).toMatch(ONE_LINE)
    // The reason itself is as it came: who shows it decides how.
    expect((await client.closed).message).toBe(EVIL)
  })

  it.each([
    ['a status line', `HTTP/1.1 200 ${EVIL}\r\n\r\n`],
    ['Upgrade', `HTTP/1.1 101 x\r\nUpgrade: ${latin1(EVIL)}\r\n\r\n`],
    ['Sec-WebSocket-Accept', answer('Sec-WebSocket-Accept', '\u001b[2Jx\u009b')],
    ['Sec-WebSocket-Protocol', answer('Sec-WebSocket-Protocol', 'a\u009bb\u0085c')],
    ['Sec-WebSocket-Extensions', answer('Sec-WebSocket-Extensions', 'a\u009b; b=\u0085')],
  ])('into %s does not end the line of the error', async (_, response) => {
    await using server = await rawServer((connection) => {
      connection.socket.end(response.replace('{accept}', connection.accept), 'latin1')
    })
    const socket = open(server.url, {}, () => {})
    const error = await new Promise<Error>((resolve) => socket.onError(resolve))
    expect(error.message).toMatch(/^cannot connect to ws:/)
    expect(error.message).toMatch(ONE_LINE)
  })

  it.each([
    ['Origin', 'http://\u009b2J\u0085evil'],
    ['Sec-WebSocket-Key', '\u009b2J\u0085'],
    ['Sec-WebSocket-Version', '\u009b2J\u0085'],
    ['Sec-WebSocket-Protocol', '\u009b2J\u0085'],
    ['Sec-WebSocket-Extensions', 'a\u009b2J\u0085'],
    ['Host', '\u009b2J\u0085'],
  ])('into %s comes back in the refusal harmless, and is not logged', async (name, value) => {
    await using server = await Besieged.start()
    const attacker = await server.stranger()
    attacker.write(handshake('/', { [name]: value }))
    const response = Buffer.from(await attacker.rest(), 'latin1').toString()
    expect(response).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(response.slice(response.indexOf('\r\n\r\n') + 4).trimEnd()).toMatch(ONE_LINE)
    expect(server.lines).toEqual([])
  })

  it('into a malformed frame or a message is not in what the server says', async () => {
    const extensions = [WebSocketExtensions.deflate()]
    await using server = await Besieged.start({ webSockets: { extensions } }, (socket) => {
      socket.onMessage((message) => {
        JSON.parse(message.text())
      })
    })
    const bad = await server.peer()
    bad.send({ opcode: 1, payload: EVIL })
    expect(await bad.shown()).toBe('close 1011 Internal error')
    bad.send({ opcode: 8 })
    const worse = await server.peer()
    worse.send({ opcode: 1, payload: Buffer.from([...Buffer.from(EVIL), 0xff]) })
    expect(await worse.shown()).toMatch(/^close 1007 /)
    await server.ended(2)
    // One line for the fault of the application, none for that of the peer.
    expect(server.lines).toHaveLength(1)
    const [title = '', ...frames] = server.lines[0]!.split('\n')
    expect(title).toMatch(
      /^antiphon: a handler or listener failed SyntaxError: .* is not valid JSON$/,
    )
    expect(title).toMatch(ONE_LINE)
    for (const frame of frames) expect(frame).toMatch(/^ {4}at /)
  })
})

function answer(name: string, value: string): string {
  const fields: Record<string, string> = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': '{accept}',
    [name]: value,
  }
  const lines = Object.entries(fields).map((pair) => pair.join(': '))
  return `${['HTTP/1.1 101 x', ...lines].join('\r\n')}\r\n\r\n`
}

function latin1(value: string): string {
  return [...value].map((character) => (character > '\u00ff' ? '?' : character)).join('')
}

async function failure(run: () => Promise<void>): Promise<Error> {
  try {
    await run()
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not fail')
}
