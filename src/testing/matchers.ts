import type { WsClient } from '../websocket/ws-client.ts'
import type { WsStatus } from '../websocket/ws-status.ts'
import { judgeClosed, judgeRefused } from './end-verdicts.ts'
import { judgeMessages, type Receiver } from './messages-verdict.ts'
import { PATIENCE, type Verdict } from './verdict.ts'

/** What the matchers add to `expect(client)`; for the types of a test runner. */
export interface WebSocketMatchers {
  /** As `expectMessages`. With `not`, looks at what has come, and takes it. */
  toHaveReceived(messages: readonly unknown[]): Promise<void>
  /** As `expectClosed`. With `not`, waits for nothing. */
  toBeClosedWith(status: number | WsStatus): Promise<void>
  /** As `expectRefused`. With `not`, waits for nothing. */
  toBeRefusedWith(status?: number): Promise<void>
}

/** A matcher as Vitest and Jest call it. */
type Matcher<Subject, Arguments extends readonly unknown[]> = (
  this: { readonly isNot?: boolean },
  subject: Subject,
  ...expected: Arguments
) => Promise<MatcherResult>

interface MatcherResult {
  readonly pass: boolean
  message(): string
  readonly actual: unknown
  readonly expected: unknown
}

/**
 * For `expect.extend(webSocketMatchers)` of Vitest or Jest; nothing of either is imported. Vitest learns the types with
 * `declare module 'vitest' { interface Matchers<T> extends WebSocketMatchers {} }`.
 */
export const webSocketMatchers: {
  readonly toHaveReceived: Matcher<Receiver, [messages: readonly unknown[]]>
  readonly toBeClosedWith: Matcher<Pick<WsClient, 'closed'>, [status: number | WsStatus]>
  readonly toBeRefusedWith: Matcher<Pick<WsClient, 'opened'>, [status?: number]>
} = {
  async toHaveReceived(client, messages) {
    return resultOf(await judgeMessages(client, messages, patience(this)))
  },
  async toBeClosedWith(client, status) {
    return resultOf(await judgeClosed(client, status, patience(this)))
  },
  async toBeRefusedWith(client, status) {
    return resultOf(await judgeRefused(client, status, patience(this)))
  },
}

/** For what is not expected there is no use in waiting. */
function patience({ isNot }: { readonly isNot?: boolean }): number {
  return isNot === true ? 0 : PATIENCE
}

function resultOf({ pass, message, actual, expected }: Verdict): MatcherResult {
  return { pass, message: () => message, actual, expected }
}
