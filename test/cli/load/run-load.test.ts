import { describe, expect, test } from 'vitest'
import { type Phase, runLoad } from '../../../src/cli/load/run-load.ts'
import { accept } from '../../../src/websocket/accept.ts'
import type { FrameSocket } from '../../../src/websocket/frame-socket.ts'
import type { WsHandler } from '../../../src/websocket/ws-handler.ts'
import { echoing, loadOn, serving } from '../../support/load-rig.ts'

const never = new AbortController().signal

describe('runLoad', () => {
  test('opens, sends, waits and closes, and says so', async () => {
    await using server = await serving(echoing)
    const { plan, clock } = loadOn(server.url)
    const phases: Phase[] = []
    const onPhase = (phase: Phase): unknown => phases.push(phase)
    const result = await runLoad(plan, { clock, leave: never, cut: never, onPhase })
    expect(phases).toEqual(['opening', 'sending', 'waiting for answers', 'closing'])
    expect(result.span).toMatchObject({ sent: 6 })
    expect(result.tally.ends).toMatchObject([{ kind: '1000', count: 2 }])
    expect(result.interrupted).toBe(false)
  })

  test('has no span when nothing was open', async () => {
    await using server = await serving(() => new Response('no', { status: 403 }))
    const { plan, clock } = loadOn(server.url)
    const phases: Phase[] = []
    const onPhase = (phase: Phase): unknown => phases.push(phase)
    const result = await runLoad(plan, { clock, leave: never, cut: never, onPhase })
    expect(phases).toEqual(['opening', 'closing'])
    expect(result.span).toBeUndefined()
  })

  test.each<Phase>(['waiting for answers', 'closing'])(
    'is cut while %s, where no Close is answered',
    async (when) => {
      await using server = await serving(() => accept(() => {}, { mode: 'frames' }))
      const { plan, clock } = loadOn(server.url, {
        messages: Infinity,
        duration: 10,
        wait: when === 'closing' ? 10 : 60_000,
      })
      const cut = new AbortController()
      const onPhase = (phase: Phase): void => {
        // Not before the connections are asked to close.
        if (phase === when) queueMicrotask(() => cut.abort())
      }
      const result = await runLoad(plan, { clock, leave: cut.signal, cut: cut.signal, onPhase })
      expect(result.tally.ends).toMatchObject([{ kind: 'no answer', count: 2 }])
      expect(result.interrupted).toBe(true)
    },
  )

  test.each<[Phase, WsHandler<FrameSocket>]>([
    ['waiting for answers', () => () => {}],
    ['closing', () => accept(() => {}, { mode: 'frames' })],
  ])('needs to be told only once to end %s', async (when, handler) => {
    await using server = await serving(handler)
    const wait = when === 'closing' ? 10 : 60_000
    const { plan, clock } = loadOn(server.url, { messages: Infinity, duration: 10, wait })
    const leave = new AbortController()
    const onPhase = (phase: Phase): void => {
      if (phase === when) queueMicrotask(() => leave.abort())
    }
    const result = await runLoad(plan, { clock, leave: leave.signal, cut: never, onPhase })
    expect(result.tally.ends).toMatchObject([
      { kind: when === 'closing' ? 'no answer' : '1000', count: 2 },
    ])
  })
})
