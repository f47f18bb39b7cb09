import { expect, test } from 'vitest'
import { SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import { ownSettings } from '../../src/serving/own-settings.ts'
import { CountedExtension } from '../support/counted-extension.ts'

const OFFERS = [{ name: 'x-counted', parameters: [] }]

test('an engine of our own lacks nothing, and agrees on the extensions it is given, with limits of the connection', () => {
  const { checkNeeds, negotiate } = ownSettings({ extensions: [new CountedExtension()] }, undefined)
  const agreed = negotiate?.(OFFERS, SERVER_LIMITS)
  expect(checkNeeds).toBeUndefined()
  expect(agreed?.extensions.map(({ name }) => name)).toEqual(['x-counted'])
  expect(agreed?.limits).toEqual(SERVER_LIMITS)
  expect(agreed?.limits).not.toBe(SERVER_LIMITS)
})

test('without extensions on either side there is nothing to agree on', () => {
  const { negotiate } = ownSettings({ extensions: [new CountedExtension()] }, undefined)
  expect(negotiate?.([], SERVER_LIMITS)).toBeUndefined()
  expect(ownSettings({}, undefined).negotiate?.(OFFERS, SERVER_LIMITS)).toBeUndefined()
})

test('extensions that conflict are refused', () => {
  const extensions = [new CountedExtension(), new CountedExtension()]
  expect(() => ownSettings({ extensions }, undefined)).toThrow(
    "the extensions 'x-counted' and 'x-counted' cannot be configured together",
  )
})
