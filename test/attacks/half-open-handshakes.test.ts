import { describe, expect, it } from 'vitest'
import { besiegeWithHalfOpenHandshakes } from '../support/half-open.ts'

describe('half-open handshakes', () => {
  it('five hundred of them hold up nobody, and are gone after their time', async () => {
    const { served, left, lines } = await besiegeWithHalfOpenHandshakes(500, 250)
    expect({ served, left, lines }).toEqual({ served: true, left: 0, lines: [] })
  })
})
