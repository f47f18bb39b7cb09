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
    ['http://host/?token=a=b&%zz=1&tokens', 'http://host/?token=***&%zz=1&tokens'],
    ['http://host/?a=1?token=2', 'http://host/?a=1?token=2'],
    [
      'http://host/?accessToken=a&auth_token=b&api-key=c',
      'http://host/?accessToken=***&auth_token=***&api-key=***',
    ],
    [
      'http://host/?X-Amz-Signature=a&client_secret=b&pwd=c',
      'http://host/?X-Amz-Signature=***&client_secret=***&pwd=***',
    ],
    ['http://host/?author=a&keys=b&encode=c', 'http://host/?author=a&keys=b&encode=c'],
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

  test.each([
    'Cf-Access-Jwt-Assertion',
    'Set-Cookie',
    'X-Access-Token',
    'X-Amz-Security-Token',
    'X-Auth',
    'X-Auth-Token',
    'X-Csrf-Token',
    'X-Forwarded-Access-Token',
    'X-Hub-Signature-256',
    'X-Session-Id',
  ])('hide the value of %s', (name) => {
    expect(secrets.headers(new Headers({ [name]: 'abc' }))).toEqual([[name.toLowerCase(), '***']])
  })

  test('hide those in URLs that headers hold', () => {
    const headers = new Headers({
      Accept: '*/*;q=0.8',
      Referer: 'https://host/page?room=7&token=abc',
      'X-Original-Url': '/ws?access_token=abc',
    })
    expect(secrets.headers(headers)).toEqual([
      ['accept', '*/*;q=0.8'],
      ['referer', 'https://host/page?room=7&token=***'],
      ['x-original-url', '/ws?access_token=***'],
    ])
  })

  test.each([
    ['chat.v1, graphql-transport-ws', 'chat.v1, graphql-transport-ws'],
    ['bearer, abc', 'bearer, ***'],
    ['chat.v1, access_token,abc', 'chat.v1, access_token, ***'],
    [`chat.v1, base64url.bearer.authorization.k8s.io.${'a'.repeat(40)}`, 'chat.v1, ***'],
    [`token, abc, ${'a'.repeat(65)}`, 'token, ***'],
    ['bearer.abc, chat.v1', 'bearer.***, chat.v1'],
    ['base64url.bearer.authorization.k8s.io.abc', 'base64url.bearer.***'],
    ['chat.session.v1, session.1a.b', 'chat.session.v1, ***'],
    ['bearer.abc, bearer.def, auth.', 'bearer.***, auth.'],
  ])('hide tokens among the subprotocols %s', (offered, shown) => {
    const headers = new Headers({ 'Sec-WebSocket-Protocol': offered })
    expect(secrets.headers(headers)).toEqual([['sec-websocket-protocol', shown]])
  })
})
