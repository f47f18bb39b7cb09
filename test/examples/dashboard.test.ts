import { describe, expect, test } from 'vitest'
import { dashboard } from '../../examples/dashboard/app.ts'
import {
  expectMessages,
  inMemory,
  testWsClient,
  VirtualClock,
  withLeakCheck,
} from '../../src/testing/index.ts'

describe('the dashboard', () => {
  test('has a page', async () => {
    const { fetch } = await inMemory(dashboard).start()
    const page = await fetch('/')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toContain("new URL('/metrics'")
  })

  test(
    'tells its viewers once a second, and measures for nobody else',
    withLeakCheck(async () => {
      const clock = new VirtualClock()
      const app = dashboard(clock)
      const ann = testWsClient(app, '/metrics', { clock })
      clock.advance(500)
      const ben = testWsClient(app, '/metrics', { clock })
      clock.advance(1_500)
      await expectMessages(ann, [
        { at: 0, late: 0, viewers: 1 },
        { at: 1, late: 0, viewers: 2 },
        { at: 2, late: 0, viewers: 2 },
      ])
      ann.close()
      clock.advance(1_000)
      await expectMessages(ben, [
        { at: 1, late: 0, viewers: 2 },
        { at: 1, late: 0, viewers: 2 },
        { at: 2, late: 0, viewers: 2 },
        { at: 3, late: 0, viewers: 1 },
      ])
      ben.close()
      expect(clock.pending).toBe(0)
    }),
  )
})
