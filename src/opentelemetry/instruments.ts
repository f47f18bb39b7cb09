import type { Attributes, MeterProvider } from '@opentelemetry/api'

/** What is measured, of all connections together. */
export interface Instruments {
  /** A request for a WebSocket was answered with this status; 101 if it was granted. */
  answered(attributes: Attributes): void
  opened(attributes: Attributes): void
  /** After so many milliseconds. */
  closed(attributes: Attributes, duration: number, code: number): void
  /** A whole message went one way, or its last fragment. */
  message(attributes: Attributes): void
  /** So many bytes of content went one way. */
  bytes(attributes: Attributes, count: number): void
}

export function instrumentsOf(meters: MeterProvider): Instruments {
  const meter = meters.getMeter('antiphon')
  const handshakes = meter.createCounter('websocket.server.handshakes', {
    unit: '{handshake}',
    description: 'Requests for a WebSocket that were answered, by status: 101 if it was granted.',
  })
  const active = meter.createUpDownCounter('websocket.server.active_connections', {
    unit: '{connection}',
    description: 'Connections that are open.',
  })
  const durations = meter.createHistogram('websocket.server.connection.duration', {
    unit: 's',
    description:
      'How long connections were open, by close code; 3000 and 4000 are for all codes from there on.',
    advice: { explicitBucketBoundaries: [1, 10, 60, 600, 3_600, 21_600, 86_400] },
  })
  const messages = meter.createCounter('websocket.server.messages', {
    unit: '{message}',
    description: 'Messages, by direction.',
  })
  const io = meter.createCounter('websocket.server.io', {
    unit: 'By',
    description: 'Content of messages before compression, by direction.',
  })
  return {
    answered: (attributes) => handshakes.add(1, attributes),
    opened: (attributes) => active.add(1, attributes),
    closed(attributes, duration, code) {
      active.add(-1, attributes)
      const codes = { 'websocket.close.code': fewer(code) }
      durations.record(duration / 1_000, { ...attributes, ...codes })
    },
    message: (attributes) => messages.add(1, attributes),
    bytes: (attributes, count) => io.add(count, attributes),
  }
}

/** Peers may close with any of 2000 codes from 3000 up, and each would be a time series of its own. */
function fewer(code: number): number {
  return code < 3_000 ? code : code - (code % 1_000)
}
