import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Resolves when the requests that were pipelined before an upgrade have been answered; `undefined` if they have been
 * already, as is usual. Node hands over a connection while it is still writing answers to it.
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
 * A listener that passes the 'drain' of a connection on to its answer, which waits for it if it is long. Node removes its
 * own listener when it hands the connection over.
 */
export function passDrainOn(this: Duplex): void {
  const answer = currentAnswer(this)
  if (answer?.writableNeedDrain === true) answer.emit('drain')
}

/** Node keeps it under `_httpMessage`. */
function currentAnswer(stream: Duplex): ServerResponse | undefined {
  const { _httpMessage: answer }: { readonly _httpMessage: unknown } = Object(stream)
  return answer instanceof ServerResponse ? answer : undefined
}
