import { expect, it } from 'vitest'
import type {
  WebSocketExtension,
  WebSocketExtensionFactory,
} from '../../../src/protocol/extension/extension.ts'
import { reservedBits } from '../../../src/protocol/extension/reserved-bits.ts'

function factory(name: string, ...claims: readonly boolean[]): WebSocketExtensionFactory {
  const [rsv1 = false, rsv2 = false, rsv3 = false] = claims
  return {
    name,
    config: undefined,
    reserved: { rsv1, rsv2, rsv3 },
    offers: () => [],
    accepted: () => 'never',
    negotiate: () => undefined,
  }
}

const negotiated = (...names: readonly string[]): WebSocketExtension[] =>
  names.map((name) => ({
    name,
    config: undefined,
    processOutgoingFrame: (frame) => frame,
    processIncomingFrame: (frame) => frame,
  }))

it('are those of the extensions that were negotiated', () => {
  const factories = [
    factory('a', true),
    factory('b', false, true),
    factory('c', false, false, true),
  ]
  expect(reservedBits(factories, [])).toBe(0)
  expect(reservedBits(factories, negotiated('a'))).toBe(0x40)
  expect(reservedBits(factories, negotiated('b'))).toBe(0x20)
  expect(reservedBits(factories, negotiated('c'))).toBe(0x10)
  expect(reservedBits(factories, negotiated('c', 'a'))).toBe(0x50)
})
