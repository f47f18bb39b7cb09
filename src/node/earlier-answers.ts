import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Resolves when all requests in front of an upgrade are answered; `undefined` when they are already, as they should be.
 * Node hands over a connection while it still writes answers to it, and keeps the one at hand under this name.
 */
export function earlierAnswers(stream: Duplex): Promise<void> | undefined {
  const answer: unknown = Reflect.get(stream, '_httpMessage')
  if (!(answer instanceof ServerResponse)) return undefined
  const answered = new Promise<void>((resolve) => answer.once('close', resolve))
  return answered.then(() => earlierAnswers(stream))
}
