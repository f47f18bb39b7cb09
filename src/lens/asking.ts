import { decorate } from '../websocket/decorate.ts'
import { WebSocketClosedException } from '../websocket/errors.ts'
import { checkFunction } from '../websocket/support/check-function.ts'
import { type Clock, systemClock } from '../websocket/support/clock.ts'
import { duration } from '../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { ReadLens } from './lens.ts'
import { type Answering, OpenQuestions } from './open-questions.ts'

/** Makes the message of a question, which carries the number `id`. */
export type Question = (id: number) => WsMessage | string | Uint8Array

/** Options of `asking`. */
export interface AskingOptions<out Answer extends Answering> {
  /** Reads answers. What it refuses is none. */
  readonly answer: ReadLens<WsMessage, Answer>
  /** Milliseconds that an answer may take, unless `ask` is told otherwise. Default 10 s. */
  readonly timeout?: number | undefined
  /** What time is measured by. Default: the clock of the system. */
  readonly clock?: Clock | undefined
}

/** Options of `ask`. */
export interface AskOptions {
  /** Milliseconds that the answer may take. */
  readonly timeout?: number | undefined
  /** Gives the question up. */
  readonly signal?: AbortSignal | undefined
}

/** A socket over which questions can be asked. */
export interface Asking<out Answer, out S extends Websocket = Websocket> {
  /** The socket. Its listeners hear all messages but the answers. */
  readonly socket: S
  /**
   * Sends a question, and resolves to its answer. Rejects with what `question` or `send` throws; with a `TimeoutError`;
   * with the signal's reason; and with a `WebSocketClosedException` when the socket closes first. If it is not awaited, it
   * raises no unhandled rejection. Throws a `TypeError` for an unknown option, a `RangeError` for an invalid `timeout`, and
   * a `NotSupportedException` on a socket of frames.
   */
  ask(question: Question, options?: AskOptions): Promise<Answer>
}

const ASKING_OPTIONS: OptionNames<AskingOptions<Answering>> = { answer: 0, timeout: 0, clock: 0 }
const ASK_OPTIONS: OptionNames<AskOptions> = { timeout: 0, signal: 0 }

/** Of each socket that was given to `asking` or has come from it. */
const QUESTIONS = new WeakMap<Websocket, OpenQuestions>()

/**
 * Asks the peer, and finds the answers among its messages: `const { socket, ask } = asking(plain, { answer })`. Question
 * and answer carry a number, wherever the application puts it. An answer that nobody waits for any longer is dropped. From
 * the first question on, the lens reads every message, and none is held for the first listener: set yours before. Two of
 * these on one socket, or one on the `socket` of the other, never use a number twice.
 *
 * Throws a `TypeError` for an unknown option or without a lens, and a `RangeError` for an invalid `timeout`.
 */
export function asking<Answer extends Answering, S extends Websocket>(
  socket: S,
  options: AskingOptions<Answer>,
): Asking<Answer, S> {
  checkNames('asking()', options, ASKING_OPTIONS)
  const { answer: lens, clock = systemClock } = options
  checkFunction(lens, 'asking needs a lens for answers')
  const timeout = duration('timeout', options.timeout, 10_000)
  const questions = QUESTIONS.get(socket) ?? new OpenQuestions()
  const looked = new WeakMap<WsMessage, boolean>()
  let listening = false

  /** Called by each listener with the same message, unless a filter has made one for each. */
  function isAnswer(message: WsMessage): boolean {
    const before = looked.get(message)
    if (before !== undefined || !questions.begun) return before === true
    const is = questions.answered(message, lens)
    looked.set(message, is)
    return is
  }

  function listen(): void {
    if (listening) return
    socket.onMessage((message) => void isAnswer(message))
    listening = true
    socket.onClose((status) => questions.end(new WebSocketClosedException(status)))
  }

  const rest = decorate(socket, {
    message: (message, deliver) => (isAnswer(message) ? undefined : deliver(message)),
  })
  for (const each of [socket, rest]) QUESTIONS.set(each, questions)
  return {
    socket: rest,
    ask(question, asked = {}) {
      checkNames('ask()', asked, ASK_OPTIONS)
      const patience = {
        clock,
        timeout: duration('timeout', asked.timeout, timeout),
        signal: asked.signal,
      }
      listen()
      const answer = questions.ask(lens, (id) => void socket.send(question(id)), patience)
      answer.catch(() => {})
      return answer
    },
  }
}
