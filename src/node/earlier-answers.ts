import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Resolves when the earlier requests of a connection, pipelined before an upgrade, are answered; `undefined` when they
 * are already, as is usual. Node hands over a connection while it still writes answers to it.
 */
export function earlierAnswers(stream: Duplex): Promise<void> | undefined {
  return currentAnswer(stream) === undefined ? undefined : untilAnswered(stream)
}

async function untilAnswered(stream: Duplex): Promise<void> {
  stream.on('drain', passDrainOn)
  let answer = currentAnswer(stream)
  while (answer !== undefined) {
    await closed(answer)
    answer = currentAnswer(stream)
  }
  stream.off('drain', passDrainOn)
}

function closed(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => answer.once('close', resolve))
}

/**
 * Listens for the 'drain' of a connection in the place of Node, which takes its own listener off when it hands the
 * connection over: an answer of more than the connection holds waits for it.
 */
export function passDrainOn(this: Duplex): void {
  const answer = currentAnswer(this)
  if (answer?.writableNeedDrain === true) answer.emit('drain')
}

/** Node keeps it under `_httpMessage`. */
function currentAnswer(stream: Duplex): ServerResponse | undefined {
  const answer: unknown = Reflect.get(stream, '_httpMessage')
  return answer instanceof ServerResponse ? answer : undefined
}
