import { describe, expect, test } from 'vitest'
import type { ExtensionContext } from '../../../src/protocol/extension/extension.ts'
import { CLIENT_LIMITS } from '../../../src/protocol/frame/limits.ts'
import { clientHandshake } from '../../../src/protocol/handshake/client-handshake.ts'
import { type Agreement, agreementOf } from '../../../src/websocket/client/agreement.ts'
import { CountedExtension } from '../../support/counted-extension.ts'
import { ACCEPT, KEY } from '../../support/raw-client.ts'

const context: ExtensionContext = { role: 'client', limits: CLIENT_LIMITS, zlib: undefined }

const factory = new CountedExtension()

const handshake = clientHandshake({
  url: 'ws://localhost/',
  key: KEY,
  protocols: ['v1', 'v2'],
  extensions: factory.offers(),
})

function agreed(headers: Record<string, string>, status = 101): Agreement | string {
  const usual = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': ACCEPT }
  return agreementOf(
    { status, headers: new Headers({ ...usual, ...headers }) },
    handshake,
    [factory],
    context,
  )
}

describe('what a client agreed on', () => {
  test('may be nothing', () => {
    expect(agreed({})).toEqual({ protocol: '', extensions: [], reserved: 0 })
  })

  test('has subprotocol, extensions and the bits they claim', () => {
    const headers = { 'Sec-WebSocket-Protocol': 'v2', 'Sec-WebSocket-Extensions': 'x-counted' }
    const extensions = [expect.objectContaining({ name: 'x-counted' })]
    expect(agreed(headers)).toEqual({ protocol: 'v2', extensions, reserved: 0x20 })
  })

  test.each([
    [{}, 200, 'the server answered with status 200, not 101'],
    [{ 'Sec-WebSocket-Protocol': 'v3' }, 101, 'one that was offered'],
    [{ 'Sec-WebSocket-Extensions': 'x-counted; a' }, 101, 'the answer has parameters'],
  ])('is a problem with %j and %i', (headers, status, message) => {
    expect(agreed(headers, status)).toContain(message)
  })
})
