import { describe, expect, it } from 'vitest'
import { basicAuthorization, clientUrl } from '../../../src/protocol/handshake/client-url.ts'

describe('clientUrl', () => {
  it.each(['ws://a/', 'wss://a/', 'http://a/', 'https://a/'])('takes %s', (text) => {
    expect(clientUrl(text).href).toBe(text)
  })

  it('copies the URL it is given', () => {
    const url = new URL('ws://a/b')
    const copy = clientUrl(url)
    url.pathname = '/c'
    expect(copy.href).toBe('ws://a/b')
  })

  it.each([
    ['ftp://a/', "has the scheme 'ftp:': use ws:"],
    ['example.com:80', "has the scheme 'example.com:'"],
    ['/path', "'/path' is not an absolute URL"],
    ['', "'' is not an absolute URL"],
    ['ws://', "'ws://' is not an absolute URL"],
    ['ws://a:99999/', 'is not an absolute URL'],
    ['ws://ann:s/cret@a/', "'ws://a/' is not an absolute URL"],
    ['ws://a/#b', 'has a fragment'],
    ['ws://a/#', 'has a fragment'],
    ['ws://a/?b#', 'has a fragment'],
  ])('refuses %j', (text, message) => {
    expect(() => clientUrl(text)).toThrow(TypeError)
    expect(() => clientUrl(text)).toThrow(message)
  })

  it('refuses a long text that is no URL without looking at it over and over', () => {
    const slashes = '/'.repeat(300_000)
    expect(() => clientUrl(slashes)).toThrow(`'${'/'.repeat(64)}...' is not an absolute URL`)
    expect(() => clientUrl(`${slashes}@`)).toThrow("'//' is not an absolute URL")
  })

  it('takes a number sign that is encoded', () => {
    expect(clientUrl('ws://a/%23?%23').href).toBe('ws://a/%23?%23')
  })
})

describe('basicAuthorization', () => {
  it.each([
    ['ws://Aladdin:open%20sesame@a/', 'Aladdin:open sesame'],
    ['ws://user@a/', 'user:'],
    ['ws://:secret@a/', ':secret'],
    ['ws://us%3Aer:p%40ss%2F%C3%A9@a/', 'us:er:p@ss/é'],
  ])('of %s holds %j', (text, credentials) => {
    const encoded = Buffer.from(credentials).toString('base64')
    expect(basicAuthorization(new URL(text))).toBe(`Basic ${encoded}`)
  })

  it('is not there without credentials', () => {
    expect(basicAuthorization(new URL('ws://a/'))).toBeUndefined()
    expect(basicAuthorization(new URL('ws://@a/'))).toBeUndefined()
  })

  it.each(['ws://50%@a/', 'ws://a:%zz@a/', 'ws://%ff@a/'])('refuses %s', (text) => {
    expect(() => basicAuthorization(new URL(text))).toThrow(TypeError)
    expect(() => basicAuthorization(new URL(text))).toThrow('write %25 for a percent sign')
  })
})
