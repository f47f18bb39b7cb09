import {
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { asError } from '../protocol/errors/thrown.ts'
import { decorate } from '../websocket/decorate.ts'
import { SocketView } from '../websocket/socket-view.ts'
import { attempt } from '../websocket/support/attempt.ts'
import type { Websocket } from '../websocket/websocket.ts'
import type { WsFilter } from '../websocket/ws-handler.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import type { WsStatus } from '../websocket/ws-status.ts'

/** How a message is delivered to a listener. */
type Delivery = (message: WsMessage, deliver: (message: WsMessage) => unknown) => unknown

/** A filter whose consumers and listeners run in a context: events of a socket come from outside of it. */
export function activeIn(within: Context, delivery: Delivery): WsFilter {
  return (next) => (socket) =>
    context.with(within, () =>
      next(new ActiveSocket(decorate(socket, { message: delivery }), within)),
    )
}

/** A socket whose listeners for errors and its end run in a context. */
class ActiveSocket extends SocketView {
  readonly #within: Context

  constructor(socket: Websocket, within: Context) {
    super(socket)
    this.#within = within
  }

  override onError(fn: (error: Error) => unknown): () => void {
    return super.onError(context.bind(this.#within, fn))
  }

  override onClose(fn: (status: WsStatus) => unknown): () => void {
    return super.onClose(context.bind(this.#within, fn))
  }
}

/** Delivers messages in the context of their connection. */
export function deliveryIn(within: Context): Delivery {
  return (message, deliver) => context.with(within, () => deliver(message))
}

/**
 * Delivers messages in spans of their own. They begin new traces, since one of a connection that lasts for days would
 * never be complete; what else the context of the connection holds, such as baggage, stays.
 */
export function deliveryInSpans(
  tracer: Tracer,
  name: string,
  connection: Span,
  within: Context,
): Delivery {
  const links = [{ context: connection.spanContext() }]
  const options = { kind: SpanKind.CONSUMER, root: true, links }
  return (message, deliver) => {
    const attributes = {
      'websocket.message.mode': message.mode,
      'websocket.message.size': message.byteLength,
    }
    const span = tracer.startSpan(`${name} message`, { ...options, attributes }, within)
    return context.with(trace.setSpan(within, span), () =>
      attempt(
        () => deliver(message),
        (value) => {
          span.end()
          return value
        },
        (thrown): never => {
          failed(span, asError(thrown))
          span.end()
          throw thrown
        },
      ),
    )
  }
}

/** Marks a span as failed with a status or a close code. */
export function failedWith(span: Span, code: number): void {
  span.setAttribute('error.type', String(code))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Marks a span as failed. */
export function failed(span: Span, error: Error): void {
  span.recordException(error)
  span.setAttribute('error.type', error.name)
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
