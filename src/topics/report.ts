import { guardedHook } from '../websocket/support/guarded-hook.ts'
import { showError } from '../websocket/support/show-error.ts'
import type { Subscriber } from './subscriber.ts'

/** Told of errors; with the subscriber that missed a message, if it concerns one. Never throws. */
export type Report = (error: Error, subscriber?: Subscriber) => void

/** Where errors go: to the hook, or else into the log. */
export function reportTo(
  hook: (error: Error, subscriber: Subscriber | undefined) => unknown = logged,
): Report {
  const guarded = guardedHook(hook)
  return (error, subscriber) => guarded(error, subscriber)
}

function logged(error: Error): void {
  console.error('antiphon: a topic failed', showError(error))
}
