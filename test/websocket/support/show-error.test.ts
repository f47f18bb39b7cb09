import { describe, expect, it } from 'vitest'
import { showError } from '../../../src/websocket/support/show-error.ts'

const EVIL = 'a\n    at forged (frame:1:1)\u001b[2J'
const HARMLESS = 'a\\u000a    at forged (frame:1:1)\\u001b[2J'

describe('showError', () => {
  it('shows name, message and stack', () => {
    const error = new TypeError('it failed')
    expect(showError(error)).toBe(error.stack)
  })

  it('puts a message on one line, and keeps the stack', () => {
    const error = new Error(EVIL)
    const shown = showError(error)
    expect(shown.split('\n')[0]).toBe(`Error: ${HARMLESS}`)
    expect(shown.split('\n')[1]).toMatch(/show-error\.test\.ts/)
  })

  it('keeps the stack of an error without a message, or with one that is in its name', () => {
    expect(showError(new Error())).toMatch(/^Error\n {4}at .*show-error\.test\.ts/)
    expect(showError(new TypeError('Error'))).toMatch(/^TypeError: Error\n {4}at /)
  })

  it('leaves out a stack that does not belong to the message', () => {
    const error = new Error('before')
    expect(error.stack).toContain('before') // made when it is first looked at
    error.message = EVIL
    expect(showError(error)).toBe(`Error: ${HARMLESS}`)
  })

  it('shows causes, a few levels down', () => {
    const error = new Error('outer', { cause: new Error('inner', { cause: EVIL }) })
    const causes = showError(error).split('\ncaused by ')
    expect(causes.map((cause) => cause.split('\n')[0])).toEqual([
      'Error: outer',
      'Error: inner',
      HARMLESS,
    ])
    error.cause = error
    expect(showError(error).split('\ncaused by ')).toHaveLength(5)
  })

  it('shows whatever else was thrown', () => {
    expect(showError(EVIL)).toBe(HARMLESS)
    expect(showError(undefined)).toBe('undefined')
    expect(showError({ toString: () => 'an object' })).toBe('an object')
    expect(showError(Object.create(null))).toBe('object')
  })

  it('shows causes that are no errors, such as the issues of a schema', () => {
    const error = new Error('refused', { cause: [{ message: 'too short', path: ['name'] }] })
    const [, cause] = showError(error).split('\ncaused by ')
    expect(cause).toBe('[{"message":"too short","path":["name"]}]')
  })

  it('shows what is in plain objects, 256 characters at most, and nothing that cannot be shown', () => {
    expect(showError({ code: 5 })).toBe('{"code":5}')
    expect(showError({ text: EVIL })).toBe(JSON.stringify({ text: EVIL }))
    expect(showError({ text: 'x'.repeat(300) })).toHaveLength(256)
    const round: { self?: unknown } = {}
    round.self = round
    expect(showError(round)).toBe('[object Object]')
    expect(showError({ toJSON: () => undefined })).toBe('[object Object]')
  })

  it('shows what can be shown of errors and causes that cannot be read', () => {
    const get = (): never => {
      throw new Error('no value')
    }
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const error = new Error('outer', { cause: proxy })
    expect(showError(proxy)).toBe('object')
    expect(showError(error)).toMatch(/^Error: outer\n[\s\S]*\ncaused by object$/)
    expect(showError(Object.defineProperty(error, 'cause', { get }))).toBe('Error: outer')
    expect(showError(Object.defineProperty(error, 'message', { get }))).toBe('object')
  })
})
