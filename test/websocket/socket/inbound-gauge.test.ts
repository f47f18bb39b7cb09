import { describe, expect, it } from 'vitest'
import { InboundGauge } from '../../../src/websocket/socket/inbound-gauge.ts'

describe('InboundGauge', () => {
  it('is over past the mark of bytes, low again at half of it', () => {
    const gauge = new InboundGauge({ bytes: 100, messages: 10 })
    gauge.add(60)
    gauge.add(40)
    expect([gauge.over, gauge.low]).toEqual([false, false])
    gauge.add(1)
    expect([gauge.over, gauge.low]).toEqual([true, false])
    gauge.remove(40)
    expect([gauge.over, gauge.low]).toEqual([false, false])
    gauge.remove(11)
    expect([gauge.over, gauge.low]).toEqual([false, true])
  })

  it('is over past the mark of messages, low again at half of it', () => {
    const gauge = new InboundGauge({ bytes: 100, messages: 4 })
    for (let i = 0; i < 4; i++) gauge.add(0)
    expect([gauge.over, gauge.low]).toEqual([false, false])
    gauge.add(0)
    expect(gauge.over).toBe(true)
    for (let i = 0; i < 2; i++) gauge.remove(0)
    expect([gauge.over, gauge.low]).toEqual([false, false])
    gauge.remove(0)
    expect([gauge.over, gauge.low]).toEqual([false, true])
  })
})
