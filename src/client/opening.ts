import { type ConnectStage, WebSocketConnectException } from '../websocket/errors.ts'
import type { Settings } from './connect-options.ts'

/** When to give up opening. */
export interface Opening extends Pick<Settings, 'clock' | 'timeout'> {
  readonly signal: AbortSignal
  /** What errors call the URL, without a password. */
  readonly url: string
}

/**
 * Waits until the platform's socket is open, and resolves with what `use` makes of it before anything else happens.
 * Rejects with a `WebSocketConnectException`.
 */
export function whenOpen<T>(
  platform: WebSocket,
  { clock, timeout, signal, url }: Opening,
  use: (platform: WebSocket) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      cancel()
      signal.removeEventListener('abort', aborted)
      platform.onopen = platform.onerror = platform.onclose = null
    }
    const fail = (stage: ConnectStage, reason: string, cause?: unknown): void => {
      settle()
      platform.close()
      const message = `cannot connect to ${url}: ${reason}`
      reject(new WebSocketConnectException(stage, message, { cause }))
    }
    const aborted = (): void => fail('aborted', 'opening was aborted', signal.reason)
    const cancel = clock.after(timeout, () => fail('timeout', `no answer within ${timeout} ms`))
    platform.onerror = () => fail('unknown', 'the platform does not tell why')
    // Not every platform tells of an error first.
    platform.onclose = ({ code }) => fail('unknown', `closed with ${code} before it opened`)
    platform.onopen = () => {
      settle()
      resolve(use(platform))
    }
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted)
  })
}
