import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameOrigin } from '../../../src/protocol/handshake/origin.ts'
import { anyString } from '../../support/header-arbitraries.ts'

describe('isSameOrigin', () => {
  it.each([
    [null, 'example.com', 'no Origin, as from a client that is no browser'],
    [null, null, 'neither header'],
    ['http://example.com', 'example.com', 'the same host'],
    ['https://example.com', 'example.com', 'the same host behind a proxy that ends TLS'],
    ['http://localhost:5173', 'localhost:5173', 'the same port'],
    ['https://example.com', 'example.com:443', 'the default port in Host alone'],
    ['https://example.com:443', 'example.com', 'the default port in Origin alone'],
    ['http://example.com:80', 'example.com:', 'an empty port'],
    ['http://example.com:443', 'example.com:443', 'a port that is the default of another scheme'],
    ['https://Example.COM', 'eXAMPLE.com', 'another case'],
    ['http://127.0.0.1:80', '127.0.0.1', 'an IPv4 address'],
    ['http://[::1]:9000', '[::1]:9000', 'an IPv6 address'],
    ['wss://example.com', 'example.com', 'a WebSocket scheme, as some clients send'],
  ])('takes Origin %j at Host %j: %s', (origin, host, _reason) => {
    expect(isSameOrigin(origin, host)).toBe(true)
  })

  it.each([
    ['http://evil.example', 'example.com', 'another host'],
    ['http://example.com.evil.example', 'example.com', 'a longer host'],
    ['http://example.com', 'www.example.com', 'a parent host'],
    ['http://example.com', 'example.com:8080', 'another port'],
    ['http://example.com:8080', 'example.com', 'another port'],
    ['http://example.com', 'example.com:443', 'the default port of another scheme'],
    ['null', 'null', 'the origin of a sandboxed page'],
    ['null', 'example.com', 'the origin of a sandboxed page'],
    ['http://example.com', null, 'no Host'],
    ['', '', 'an empty Origin'],
    ['example.com', 'example.com', 'no scheme'],
    ['://example.com', 'example.com', 'an empty scheme'],
    ['file://', '', 'a file'],
    ['http://', '', 'an empty host'],
    ['capacitor://localhost', 'localhost', 'a scheme that is not of the web'],
    ['http://example.com/', 'example.com', 'a path'],
    ['http://example.com', 'example.com/', 'a path in Host'],
    ['http://user@example.com', 'example.com', 'credentials'],
    ['http://example.com', 'user@example.com', 'credentials in Host'],
    ['http://example.com http://evil.example', 'example.com', 'two origins'],
    ['http://evil.example, http://example.com', 'example.com', 'two headers'],
    ['http://example.com:http', 'example.com:http', 'a port that is no number'],
    ['http://example.com:65536', 'example.com:65536', 'a port that is none'],
    ['http://exam\u212aple.com', 'examkple.com', 'a Kelvin sign for a k'],
    ['http://example.com\n', 'example.com\n', 'a line end'],
    ['http://::1', '::1', 'an IPv6 address without brackets'],
  ])('does not take Origin %j at Host %j: %s', (origin, host, _reason) => {
    expect(isSameOrigin(origin, host)).toBe(false)
  })

  it('agrees with the platform on what an origin is', () => {
    const scheme = fc.constantFrom('http', 'https')
    const port = fc.constantFrom('', ':80', ':443', ':8080')
    const name = fc.oneof(fc.domain(), fc.constantFrom('[::1]', '127.0.0.1', 'LOCALHOST'))
    fc.assert(
      fc.property(scheme, name, port, port, (scheme, name, theirs, ours) => {
        const origin = `${scheme}://${name}${theirs}`
        const same = new URL(origin).host === new URL(`${scheme}://${name}${ours}`).host
        expect(isSameOrigin(origin, name + ours)).toBe(same)
      }),
    )
  })

  it('never throws, and takes nothing by accident', () => {
    fc.assert(
      fc.property(anyString, anyString, (origin, host) => {
        expect(isSameOrigin(origin, host)).toBe(false)
        expect(isSameOrigin(`https://${origin}`, host)).toBe(false)
      }),
    )
  })
})
