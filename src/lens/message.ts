import type { Format } from '../format/format.ts'
import { json } from '../format/json.ts'
import type { WsMessage } from '../websocket/ws-message.ts'
import { binaryContent, type Content, formatContent, textContent } from './content.ts'
import { mapConversion, mapReading, type Reading, validated } from './conversion.ts'
import type { Lens, LensMeta, ReadLens } from './lens.ts'
import { written } from './lens-failure.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/**
 * Lenses for messages: `const move = Message.json(MoveSchema)` reads with `move(message)` and writes with
 * `move.create(value)`. They go by content, not by mode: text that came as a binary message is read, too.
 */
export const Message: {
  text(): Lens<WsMessage, string>
  /** The bytes read belong to the message: do not change or transfer them. */
  binary(): Lens<WsMessage, Uint8Array<ArrayBuffer>, Uint8Array>
  /**
   * JSON, validated both ways by any Standard Schema; what is written is the value given, not what the schema makes
   * of it. An asynchronous schema is refused: every value is then a `LensFailure` that says so.
   */
  json(): Lens<WsMessage, unknown>
  json<In, Out>(schema: StandardSchemaV1<In, Out>): Lens<WsMessage, Out, In>
  /** As `json`, in another format. */
  format(format: Format): Lens<WsMessage, unknown>
  format<In, Out>(format: Format, schema: StandardSchemaV1<In, Out>): Lens<WsMessage, Out, In>
} = {
  text: () => lens(textContent),
  binary: () => lens(binaryContent),
  json: <In, Out>(schema?: StandardSchemaV1<In, Out>) => inFormat(json, schema),
  format: inFormat,
}

function inFormat(format: Format): Lens<WsMessage, unknown>
function inFormat<In, Out>(
  format: Format,
  schema?: StandardSchemaV1<In, Out>,
): Lens<WsMessage, Out, In>
function inFormat<In, Out>(
  format: Format,
  schema?: StandardSchemaV1<In, Out>,
): Lens<WsMessage, unknown> | Lens<WsMessage, Out, In> {
  const content = formatContent(format)
  return schema === undefined ? lens(content) : lens(validated(content, schema))
}

function lens<Out, In>(content: Content<Out, In>): Lens<WsMessage, Out, In> {
  const meta = metaOf(content)
  function map<Next>(read: (value: Out) => Next): ReadLens<WsMessage, Next>
  function map<Next>(read: (value: Out) => Next, write: (value: Next) => In): Lens<WsMessage, Next>
  function map<Next>(
    read: (value: Out) => Next,
    write?: (value: Next) => In,
  ): ReadLens<WsMessage, Next> | Lens<WsMessage, Next> {
    return write === undefined
      ? readLens(mapReading(content, read))
      : lens(mapConversion(content, read, write))
  }
  return Object.assign((message: WsMessage) => content.read(message, meta), {
    meta,
    create: (value: In) => written(() => content.write(value, meta)),
    map,
  })
}

function readLens<Out>(content: Reading<WsMessage, Out>): ReadLens<WsMessage, Out> {
  const meta = metaOf(content)
  return Object.assign((message: WsMessage) => content.read(message, meta), {
    meta,
    map: <Next>(read: (value: Out) => Next) => readLens(mapReading(content, read)),
  })
}

function metaOf({ type, about }: Pick<Reading<WsMessage, unknown>, 'type' | 'about'>): LensMeta {
  return { target: 'message', name: '', type, required: true, ...about }
}
