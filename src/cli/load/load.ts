import { WebSocketExtensions } from '../../protocol/deflate/web-socket-extensions.ts'
import type { Clock } from '../../websocket/support/clock.ts'
import { systemClock } from '../../websocket/support/clock.ts'
import { lastingClock } from '../../websocket/support/lasting-clock.ts'
import { WsMessage } from '../../websocket/ws-message.ts'
import { type Command, command } from '../arguments/command.ts'
import { CommandError } from '../arguments/command-error.ts'
import { integer, milliseconds, notEmpty, perSecond } from '../arguments/kinds.ts'
import { flag, type OptionValues, one } from '../arguments/options.ts'
import {
  CLIENT_OPTIONS,
  callersMistakes,
  connectOptions,
  onlyUrl,
} from '../shared/client-options.ts'
import { givenMessage } from '../shared/given-message.ts'
import { onInterrupt } from '../terminal/shell.ts'
import type { LoadPlan, Pacing } from './plan.ts'
import { progressOn } from './progress.ts'
import { isClean, reportOf } from './report.ts'
import { runLoad } from './run-load.ts'
import { showJson, showReport } from './show-report.ts'

const CONNECTIONS = 10
const RATE = 1_000
const SIZE = 32
const WAIT = 5_000
const DURATION = 10_000

const options = {
  connections: one('N', integer(1, 1_000_000), `default ${CONNECTIONS}`),
  rate: one('N', perSecond, `new connections a second; default ${RATE}`),
  duration: one('TIME', milliseconds(1), 'of sending: 30s, or 500 for ms; default 10s'),
  messages: one('N', integer(0), 'on each connection; default no limit'),
  'message-rate': one('N', perSecond, 'messages a second on each connection: see below'),
  depth: one('N', integer(1, 100_000), 'on their way on each connection; default 1'),
  size: one('BYTES', integer(0, 2 ** 28, 'bytes'), `of a message; default ${SIZE}`),
  message: one('TEXT', notEmpty, 'what to send instead; @FILE for what is in a file'),
  binary: flag('sends bytes, not text'),
  deflate: flag('offers permessage-deflate'),
  wait: one('TIME', milliseconds(1), 'without an answer to give up the rest; default 5s'),
  json: flag('prints the report as JSON'),
  ...CLIENT_OPTIONS,
}

type Values = OptionValues<typeof options>

const clock: Clock = { ...systemClock, ...lastingClock }

/** A load for a server, and what became of it. */
export const loadCommand: Command = command(
  {
    name: 'load',
    summary: 'opens many connections, sends over them, and times the answers',
    positionals: 'URL',
    options,
    notes: `First all connections are opened, then all of them send. By default, each sends
its next message when the last one was answered: a server that becomes slow is
then asked less, and times look better than those who come at their own pace
would have them. With --message-rate, messages are due at fixed times, and each
answer is timed from when its message was due, also if it could not be sent by
then. 'late' in the report says how much of that was spent before sending;
timers are no finer than a millisecond.

Whatever comes is taken for the answer to the oldest message that has none. If
more comes than was sent, there are no times. --messages 0 sends nothing.

Ctrl-C ends it early, with a report; pressed again, it cuts the connections.

Exit code: 0 when all connections opened, and stayed open to the end; 2 for
wrong arguments; 1 otherwise.`,
  },
  async ({ values, positionals }, shell) => {
    const plan = await planOf(onlyUrl('load', positionals), values)
    const leave = new AbortController()
    const cut = new AbortController()
    const interrupted = (): void => (leave.signal.aborted ? cut : leave).abort()
    const remove = onInterrupt(shell, interrupted)
    const progress = progressOn(shell)
    try {
      const result = await callersMistakes(() =>
        runLoad(plan, {
          clock,
          leave: leave.signal,
          cut: cut.signal,
          onPhase: progress.phase,
        }),
      )
      progress.end()
      const report = reportOf(result)
      const text = values.json ? showJson(report) : showReport(report)
      shell.stdout.write(text)
      return isClean(report) ? 0 : 1
    } finally {
      progress.end()
      remove()
    }
  },
)

async function planOf(url: string, values: Values): Promise<LoadPlan> {
  const { connections = CONNECTIONS, rate = RATE, wait = WAIT, messages } = values
  const unlimited = messages === undefined || messages === 0
  return {
    url,
    connect: {
      ...connectOptions(values),
      extensions: values.deflate ? [WebSocketExtensions.perMessageDeflate()] : [],
      slowConsumer: 'wait',
      onError() {}, // It is in the close record.
    },
    connections,
    rate,
    message: await messageOf(values),
    messages: messages ?? Infinity,
    duration: values.duration ?? (unlimited ? DURATION : Infinity),
    pacing: pacingOf(values),
    wait,
  }
}

function pacingOf({ 'message-rate': rate, depth }: Values): Pacing {
  if (rate === undefined) return { loop: 'closed', depth: depth ?? 1 }
  if (depth === undefined) return { loop: 'open', perSecond: rate }
  throw new CommandError(2, '--message-rate and --depth both say when to send: give one of them')
}

async function messageOf({ message, size, binary }: Values): Promise<WsMessage> {
  if (message === undefined) {
    const length = size ?? SIZE
    return WsMessage.received(binary ? new Uint8Array(length) : 'x'.repeat(length), length)
  }
  if (size === undefined) return givenMessage(message, binary)
  throw new CommandError(2, '--message and --size both say what to send: give one of them')
}
