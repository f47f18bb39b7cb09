import type { WsClient } from '../../websocket/client/ws-client.ts'
import { WebSocketUpgradeException } from '../../websocket/errors.ts'
import type { WsStatus } from '../../websocket/ws-status.ts'
import { inTime } from '../clock/in-time.ts'
import type { Verdict } from './verdict.ts'

/** Judges whether, and with what, a connection ended. */
export async function judgeClosed(
  client: Pick<WsClient, 'closed'>,
  expected: number | WsStatus,
  within: number,
): Promise<Verdict<WsStatus>> {
  const end = await inTime(client.closed, within)
  const status = end.kind === 'value' ? end.value : undefined
  const code = typeof expected === 'number' ? expected : expected.code
  const pass = status?.is(code) === true
  const what = status === undefined ? `was open after ${within} ms` : `closed with ${shown(status)}`
  const message = pass
    ? `the connection closed with ${code}, as it should not`
    : `expected the connection to close with ${code}, but it ${what}`
  return { pass, message, actual: status?.code, expected: code, found: status }
}

/** Judges whether an upgrade was refused: with any status unless one is expected. */
export async function judgeRefused(
  client: { readonly opened: Promise<unknown> },
  expected: number | undefined,
  within: number,
): Promise<Verdict<WebSocketUpgradeException>> {
  const opening = await inTime(client.opened, within)
  const refusal =
    opening.kind === 'error' && opening.error instanceof WebSocketUpgradeException
      ? opening.error
      : undefined
  const status = refusal?.status
  const pass = refusal !== undefined && (expected === undefined || status === expected)
  const wanted = expected === undefined ? 'to be refused' : `to be refused with ${expected}`
  const message = pass
    ? `the upgrade was refused with ${status}, as it should not be`
    : `expected the upgrade ${wanted}, but it ${became(opening, status, within)}`
  return { pass, message, actual: status, expected, found: refusal }
}

function became(
  opening: Awaited<ReturnType<typeof inTime>>,
  status: number | undefined,
  within: number,
): string {
  if (opening.kind === 'value') return 'was accepted'
  if (opening.kind === 'late') return `was not answered within ${within} ms`
  return status === undefined ? `failed: ${String(opening.error)}` : `was refused with ${status}`
}

function shown({ code, message }: WsStatus): string {
  return message === '' ? `${code}` : `${code} "${message}"`
}
