import {
  context,
  type MeterProvider,
  metrics,
  propagation,
  SpanKind,
  type TextMapGetter,
  type TracerProvider,
  trace,
} from '@opentelemetry/api'
import { watchingHandshake } from '../filters/watch-handshake.ts'
import { filterDecision } from '../routing/apply-filter.ts'
import { chain } from '../routing/chain.ts'
import { ofHandshakes } from '../websocket/of-handshakes.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { HandshakeFilter } from '../websocket/ws-handler.ts'
import { activeIn, deliveryIn, deliveryInSpans, failed, failedWith } from './active-context.ts'
import { attributesOf, named } from './attributes.ts'
import { type Instruments, instrumentsOf } from './instruments.ts'
import { observed } from './observed.ts'

/** Options of `openTelemetry`. */
export interface OpenTelemetryOptions {
  /**
   * A span for each message that a listener hears, in a trace of its own, with a link to the span of the connection.
   * Default false: what listeners do belongs to the span of the connection.
   */
  readonly messages?: boolean | undefined
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider | undefined
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider | undefined
}

const OPTIONS: OptionNames<OpenTelemetryOptions> = {
  messages: false,
  tracerProvider: 0,
  meterProvider: 0,
}

const FIELDS: TextMapGetter<Headers> = {
  keys: (headers) => [...headers.keys()],
  get: (headers, name) => headers.get(name) ?? undefined,
}

/**
 * Traces and measures with OpenTelemetry, by `@opentelemetry/api`, to be installed beside this library. Each request gets
 * a span, in the trace that its headers name; that of a connection lasts until it is closed, and consumer and listeners run
 * in it. The metrics are `websocket.server.handshakes`, `.active_connections`, `.connection.duration`, `.messages` and
 * `.io`.
 *
 * The route is the first that matches; a filter that is lifted over an application knows none. A request that no route
 * takes, or that the server refuses after the handler has taken it, is not reported. Throws a `TypeError` for an unknown
 * option.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): HandshakeFilter {
  checkNames('openTelemetry()', options, OPTIONS)
  const { messages = false, tracerProvider = trace, meterProvider = metrics } = options
  const tracer = tracerProvider.getTracer('antiphon')
  // Made by the first request: unlike tracers, meters that were made before the SDK was set up stay without it.
  let made: Instruments | undefined
  return ofHandshakes((next) => (request) => {
    made ??= instrumentsOf(meterProvider)
    const instruments = made
    const { name, upgrade, route } = named(request)
    const parent = propagation.extract(context.active(), request.headers, FIELDS)
    const attributes = { ...route, ...attributesOf(request) }
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent)
    const within = trace.setSpan(parent, span)
    const active = activeIn(
      within,
      messages ? deliveryInSpans(tracer, name, span, within) : deliveryIn(within),
    )
    const answered = (status: number): void => {
      if (upgrade) instruments.answered({ ...route, 'http.response.status_code': status })
      span.setAttribute('http.response.status_code', status)
    }
    const watched = watchingHandshake(() => ({
      answered(status, _headers, thrown) {
        answered(status)
        if (status >= 500 && thrown !== undefined) failed(span, thrown)
        else if (status >= 500) failedWith(span, status)
        span.end()
      },
      opened(socket) {
        answered(101)
        if (socket.protocol !== '') span.setAttribute('websocket.subprotocol', socket.protocol)
        return observed(span, instruments, route)
      },
    }))
    const handler = watched((asked) =>
      chain(next(asked), (decision) => filterDecision(active, decision)),
    )
    return context.with(within, () => handler(request))
  })
}
