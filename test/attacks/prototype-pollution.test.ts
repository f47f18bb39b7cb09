import { afterEach, describe, expect, it } from 'vitest'
import { cbor } from '../../src/format/cbor.ts'
import type { Format } from '../../src/format/format.ts'
import { json } from '../../src/format/json.ts'
import { messagepack } from '../../src/format/messagepack.ts'
import { Header } from '../../src/lens/header.ts'
import { Message } from '../../src/lens/message.ts'
import { Query } from '../../src/lens/query.ts'
import { bind } from '../../src/routing/bind.ts'
import { websockets } from '../../src/routing/ws-router.ts'
import { WsMessage } from '../../src/websocket/ws-message.ts'
import { Besieged } from '../support/besieged.ts'
import { bytes } from '../support/hex.ts'
import { handshake } from '../support/raw-client.ts'

/** `{"__proto__": {"admin": true}}` and `{"constructor": {"prototype": {"admin": true}}}`, as each format has them. */
const POISON: readonly (readonly [Format, string | Uint8Array])[] = [
  [json, '{"__proto__":{"admin":true}}'],
  [json, '{"constructor":{"prototype":{"admin":true}}}'],
  [cbor, bytes('a1 69 5f5f70726f746f5f5f a1 65 61646d696e f5')],
  [cbor, bytes('a1 6b 636f6e7374727563746f72 a1 69 70726f746f74797065 a1 65 61646d696e f5')],
  [messagepack, bytes('81 a9 5f5f70726f746f5f5f 81 a5 61646d696e c3')],
  [messagepack, bytes('81 ab 636f6e7374727563746f72 81 a9 70726f746f74797065 81 a5 61646d696e c3')],
]

const admin = (value: unknown): unknown => Reflect.get(Object(value), 'admin')

afterEach(() => {
  if (admin({}) !== undefined || admin([]) !== undefined) throw new Error('a prototype was changed')
})

describe('a name that means something to JavaScript', () => {
  it.each(POISON)('in a message in $name is a name, or no message', ({ name }, content) => {
    const format = [json, cbor, messagepack].find((each) => each.name === name)!
    const lens = Message.format(format)
    let value: unknown
    try {
      value = lens(WsMessage.of(content))
    } catch (error) {
      expect(error).toMatchObject({ name: 'LensFailure' })
      return
    }
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(admin(value)).toBeUndefined()
    // As applications put answers together.
    const copy = lens(lens.create({ ...Object(value), also: 1 }))
    expect(admin(copy)).toBeUndefined()
  })

  it('in a header, a query, a path or an extension is a name', async () => {
    const name = Header.string().optional('__proto__')
    const field = Query.string().optional('__proto__')
    await using server = await Besieged.start({
      app: websockets(
        bind('/:constructor/*', (request) => (socket) => {
          const seen = { ...request.params, header: name(request), query: field(request) }
          socket.send(JSON.stringify([admin(seen), ...Object.values(seen)]))
        }),
      ),
    })
    const attacker = await server.stranger()
    attacker.write(
      handshake('/__proto__/constructor/prototype?__proto__=admin&__proto__[admin]=1', {
        ['__proto__']: 'admin',
        constructor: 'admin',
        'Sec-WebSocket-Extensions': '__proto__; constructor=prototype; __proto__=admin',
        'Sec-WebSocket-Protocol': '__proto__, constructor',
      }),
    )
    expect(await attacker.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect(await attacker.shown()).toBe(
      '1 [null,"__proto__","constructor/prototype","admin","admin"]',
    )
    expect(server.lines).toEqual([])
  })
})
