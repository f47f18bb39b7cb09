import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Resolves when the earlier requests of a connection, pipelined before an upgrade, are answered; `undefined` when they
 * are already, as is usual. Node hands over a connection while it still writes answers to it, and keeps the current one
 * under `_httpMessage`.
 */
export function earlierAnswers(stream: Duplex): Promise<void> | undefined {
  const answer: unknown = Reflect.get(stream, '_httpMessage')
  if (!(answer instanceof ServerResponse)) return undefined
  const answered = new Promise<void>((resolve) => answer.once('close', resolve))
  return answered.then(() => earlierAnswers(stream))
}
