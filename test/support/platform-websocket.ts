import { WebSocket as UndiciWebSocket } from 'undici'
import { afterAll, beforeAll, vi } from 'vitest'

/** Gives the tests of a file the `WebSocket` that browsers have and Node 20 does not. */
export function usePlatformWebSocket(): void {
  beforeAll(() => {
    vi.stubGlobal('WebSocket', UndiciWebSocket)
  })
  afterAll(() => {
    vi.unstubAllGlobals()
  })
}
