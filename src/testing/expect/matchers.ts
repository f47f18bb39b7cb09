import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { WsStatus } from '../../websocket/ws-status.ts'
import { judgeClosed, judgeRefused } from './end-verdicts.ts'
import { judgeMessages, type Receiver } from './messages-verdict.ts'
import type { Equals } from './same-value.ts'
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

/** As much as is used here of what a test runner gives its matchers. */
interface MatcherContext {
  /** It is `expect(...).not`. */
  readonly isNot?: boolean | undefined
  /** How the runner compares values. */
  readonly equals?: Equals | undefined
}

interface MatcherResult {
  readonly pass: boolean
  message(): string
  readonly actual: unknown
  readonly expected: unknown
}

/** A matcher as Vitest, Jest and Bun call it, with whatever stands in `expect`. */
type Matcher<Arguments extends readonly unknown[]> = (
  this: MatcherContext,
  subject: unknown,
  ...expected: Arguments
) => Promise<MatcherResult>

/**
 * For `expect.extend(webSocketMatchers)` of Vitest, Jest or Bun; it imports none of them. Vitest learns the types with
 * `declare module 'vitest' { interface Matchers<T> extends WebSocketMatchers {} }`; the others likewise, in their modules.
 */
export const webSocketMatchers: {
  readonly toHaveReceived: Matcher<[messages: readonly unknown[]]>
  readonly toBeClosedWith: Matcher<[status: number | WsStatus]>
  readonly toBeRefusedWith: Matcher<[status?: number]>
} = {
  async toHaveReceived(subject, messages) {
    const client = clientWith<Receiver>('received', subject)
    const equals: Equals = (a, b) => this.equals?.(a, b) ?? false
    return resultOf(await judgeMessages(client, messages, patience(this), equals))
  },
  async toBeClosedWith(subject, status) {
    const client = clientWith<Pick<WsClient, 'closed'>>('closed', subject)
    return resultOf(await judgeClosed(client, status, patience(this)))
  },
  async toBeRefusedWith(subject, status) {
    const client = clientWith<Pick<WsClient, 'opened'>>('opened', subject)
    return resultOf(await judgeRefused(client, status, patience(this)))
  },
}

/** The subject, if it is a client. */
function clientWith<Client>(member: keyof Client & string, subject: unknown): Client {
  if (typeof subject === 'object' && subject !== null && member in subject) return subject as Client
  throw new TypeError(`expected a client, which has the member '${member}'`)
}

/** For what is not expected there is no use in waiting. */
function patience({ isNot }: MatcherContext): number {
  return isNot === true ? 0 : PATIENCE
}

function resultOf({ pass, message, actual, expected }: Verdict): MatcherResult {
  return { pass, message: () => message, actual, expected }
}
