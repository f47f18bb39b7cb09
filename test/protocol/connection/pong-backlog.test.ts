import { describe, expect, it } from 'vitest'
import { PongBacklog } from '../../../src/protocol/connection/pong-backlog.ts'
import { bytes } from '../../support/hex.ts'

describe('PongBacklog', () => {
  it('lets so many Pongs be written, then keeps only the newest, as a copy (RFC 6455, 5.5.3)', () => {
    const backlog = new PongBacklog()
    expect(backlog.admits(bytes('01'), 2)).toBe(true)
    expect(backlog.admits(bytes('02'), 2)).toBe(true)
    expect(backlog.admits(bytes('03'), 2)).toBe(false)
    const last = bytes('04')
    expect(backlog.admits(last, 2)).toBe(false)
    last.fill(0)
    expect(backlog.drained()).toEqual(bytes('04'))
  })

  it('lets the first Pong be written even if the limit is 0: every Ping would go unanswered otherwise', () => {
    const backlog = new PongBacklog()
    expect([1, 2, 3].map((octet) => backlog.admits(Uint8Array.of(octet), 0))).toEqual([
      true,
      false,
      false,
    ])
    expect(backlog.drained()).toEqual(bytes('03'))
    expect(backlog.admits(bytes('03'), 0)).toBe(true)
  })

  it('begins anew once all that was written has gone', () => {
    const backlog = new PongBacklog()
    backlog.admits(bytes('01'), 1)
    expect(backlog.drained()).toBeUndefined()
    expect(backlog.admits(bytes('02'), 1)).toBe(true)
    expect(backlog.admits(bytes('03'), 1)).toBe(false)
    expect(backlog.drained()).toEqual(bytes('03'))
    expect(backlog.drained()).toBeUndefined()
  })
})
