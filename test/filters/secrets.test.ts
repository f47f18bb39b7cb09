import { describe, expect, test } from 'vitest'
import { Secrets } from '../../src/filters/secrets.ts'

describe('secrets', () => {
  const secrets = new Secrets({ secretHeaders: ['X-Mine'], secretQuery: ['PIN'] })

  test.each([
    ['http://host/a', 'http://host/a'],
    ['http://host/a?', 'http://host/a?'],
    ['http://host/a?room=7&access_token=abc', 'http://host/a?room=7&access_token=***'],
    ['http://host/?Token=abc&token=d%20e&b', 'http://host/?Token=***&token=***&b'],
    ['http://host/?acc%65ss_token=abc', 'http://host/?acc%65ss_token=***'],
    ['http://host/?pin=1&spin=2', 'http://host/?pin=***&spin=2'],
    ['http://host/?token=a=b&%zz=1&token', 'http://host/?token=***&%zz=1&token'],
    ['http://host/?a=1?token=2', 'http://host/?a=1?token=2'],
  ])('of the URL %s show %s', (url, shown) => {
    expect(secrets.url(url)).toBe(shown)
  })

  test('hide the values of headers, not their names', () => {
    const headers = new Headers({
      Host: 'localhost',
      Authorization: 'Bearer abc',
      Cookie: 'a=b',
      'Proxy-Authorization': 'Basic abc',
      'Sec-WebSocket-Key': 'abc',
      'X-Api-Key': 'abc',
      'X-Mine': 'abc',
    })
    expect(Object.fromEntries(secrets.headers(headers))).toEqual({
      host: 'localhost',
      authorization: '***',
      cookie: '***',
      'proxy-authorization': '***',
      'sec-websocket-key': '***',
      'x-api-key': '***',
      'x-mine': '***',
    })
  })
})
