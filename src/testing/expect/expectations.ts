import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { WebSocketUpgradeException } from '../../websocket/errors.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import type { WsStatus } from '../../websocket/ws-status.ts'
import { judgeClosed, judgeRefused } from './end-verdicts.ts'
import { judgeMessages, type Receiver } from './messages-verdict.ts'
import { type ExpectOptions, enforce, PATIENCE } from './verdict.ts'

/** How a message is expected: a string for a text, bytes for a binary one, any other value for a text that is its JSON. */
export type Expected<T> = [T] extends [WsMessage] ? unknown : T

/**
 * Takes the messages that are expected, and waits for those that have not come yet. More messages than expected are a
 * failure when they are there already. Of a typed client, values are compared. Throws an `ExpectationError`.
 */
export async function expectMessages<T>(
  client: Receiver<T>,
  expected: readonly Expected<T>[],
  { within = PATIENCE }: ExpectOptions = {},
): Promise<void> {
  enforce(await judgeMessages(client, expected, within))
}

/** Waits for the end, and compares its code; returns the status, for what else is in it. Throws an `ExpectationError`. */
export async function expectClosed(
  client: Pick<WsClient, 'closed'>,
  status: number | WsStatus,
  { within = PATIENCE }: ExpectOptions = {},
): Promise<WsStatus> {
  return enforce(await judgeClosed(client, status, within))
}

/** Waits for the upgrade to be refused over HTTP; returns status, headers and body. Throws an `ExpectationError`. */
export async function expectRefused(
  client: { readonly opened: Promise<unknown> },
  status?: number,
  { within = PATIENCE }: ExpectOptions = {},
): Promise<WebSocketUpgradeException> {
  return enforce(await judgeRefused(client, status, within))
}
