import { describe, expect, test } from 'vitest'
import { drawKind, KINDS } from '../../soak/kinds.ts'
import { soakOptions } from '../../soak/options.ts'

describe('the kind of a connection', () => {
  test.each([
    [0.09, 0.19, { tls: true, deflate: true }],
    [0.09, 0.21, { tls: true, deflate: false }],
    [0.11, 0.19, { tls: false, deflate: true }],
    [0.11, 0.21, { tls: false, deflate: false }],
  ])('drawn by %d and %d is %j', (first, second, kind) => {
    const draws = [first, second]
    const index = drawKind({ tls: 0.1, deflate: 0.2 }, () => draws.shift()!)
    expect(KINDS[index]).toEqual(kind)
  })

  test('is never one without a share, and always one with all of them', () => {
    expect(KINDS[drawKind({ tls: 0, deflate: 1 })]).toEqual({ tls: false, deflate: true })
  })
})

describe('the options', () => {
  test('are a mix unless told otherwise', () => {
    expect(soakOptions([])).toMatchObject({
      connections: 20_000,
      shares: { tls: 0.1, deflate: 0.1 },
    })
    expect(soakOptions(['--tls', '0', '--deflate', '100']).shares).toEqual({ tls: 0, deflate: 1 })
  })

  test('spread the server over as many processes as their open files ask for', () => {
    expect(soakOptions([], 20_064).servers).toBe(1)
    expect(soakOptions([], 20_000).servers).toBe(2)
    expect(soakOptions(['--servers', '3'], 20_000).servers).toBe(3)
    expect(() => soakOptions(['--servers', '1'], 20_000)).toThrow(
      /needs 20064 open files, and the system allows 20000: .* with --servers 2, or ask for fewer/,
    )
  })

  test.each([
    [['--tls', '101'], '--tls is 101: it must be a part of the connections in per cent, 0 to 100'],
    [['--deflate', ''], '--deflate is : it must be a part of the connections in per cent'],
    [['--connections', '1.5'], '--connections is 1.5: it must be a whole number above 0'],
  ])('%j are refused', (args, message) => {
    expect(() => soakOptions(args)).toThrow(message)
  })
})
