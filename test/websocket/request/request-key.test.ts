import { describe, expect, it } from 'vitest'
import { requestKey } from '../../../src/websocket/request/request-key.ts'
import { requestOf } from '../../../src/websocket/request/upgrade-request.ts'

const request = requestOf(new Request('http://localhost/'))

describe('a request key', () => {
  it('takes out what was put in under it, and under no other of its name', () => {
    const user = requestKey<string>('user')
    const other = requestKey<string>('user', { value: 'nobody' })
    const withUser = request.with(user, 'ann')
    expect(withUser.get(user)).toBe('ann')
    expect(withUser.get(other)).toBe('nobody')
  })

  it('takes out a value that is undefined', () => {
    const maybe = requestKey<string | undefined>('maybe', { value: 'fallback' })
    expect(request.with(maybe, undefined).get(maybe)).toBeUndefined()
  })

  it('without a fallback throws, and says what would be right', () => {
    expect(() => request.get(requestKey('user'))).toThrow(
      "the request holds nothing under the key 'user': put the filter that sets it in front, or give the key a fallback",
    )
  })

  it('has no fallback unless it is given one', () => {
    expect(requestKey('a')).toEqual({ name: 'a' })
    expect(requestKey('a', { value: undefined })).toEqual({
      name: 'a',
      fallback: { value: undefined },
    })
  })
})
