import type { Format } from '../format/format.ts'
import { json } from '../format/json.ts'
import { decodeUtf8 } from '../protocol/bytes/utf8.ts'
import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { WsMessage, type WsMode } from '../websocket/ws-message.ts'
import { binaryContent, type Content, formatContent, textContent } from './content.ts'
import { validated } from './conversion.ts'
import type { LensMeta } from './lens.ts'
import { invalid, missing, ourOwn, written } from './lens-failure.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/**
 * A copy with another body and its `content-type`: of a response, or of a request's method, URL, headers and signal. What
 * else only matters to `fetch`, such as `redirect`, is not copied.
 */
export interface BodyEdit {
  (response: Response): Response
  (request: Request): Request
}

/** Reads the body of a request or a response, which can be read once; rejects with a `LensFailure`. */
export interface BodyLens<out Out, in In = Out> {
  (source: UpgradeRequest<unknown> | Request | Response): Promise<Out>
  readonly meta: LensMeta
  /**
   * `lens.create(value)(new Response())`. Throws a `LensFailure` for a value that cannot be written; the edit throws
   * one for a response or a request that takes no body (a 204, a GET).
   */
  readonly create: (value: In) => BodyEdit
}

/** Lenses for whole bodies. The `content-type` is written, but ignored when reading. */
export const Body: {
  /** In UTF-8, a byte order mark kept. */
  text(): BodyLens<string>
  bytes(): BodyLens<Uint8Array<ArrayBuffer>, Uint8Array>
  /** JSON, validated both ways by any Standard Schema; see `Message.json`. */
  json(): BodyLens<unknown>
  json<In, Out>(schema: StandardSchemaV1<In, Out>): BodyLens<Out, In>
  /** As `json`, in another format. */
  format(format: Format): BodyLens<unknown>
  format<In, Out>(format: Format, schema: StandardSchemaV1<In, Out>): BodyLens<Out, In>
} = {
  text: () => lens(textContent, 'text/plain;charset=utf-8', 'text'),
  bytes: () => lens(binaryContent, 'application/octet-stream', 'binary'),
  json: <In, Out>(schema?: StandardSchemaV1<In, Out>) => inFormat(json, schema),
  format: inFormat,
}

function inFormat(format: Format): BodyLens<unknown>
function inFormat<In, Out>(format: Format, schema?: StandardSchemaV1<In, Out>): BodyLens<Out, In>
function inFormat<In, Out>(
  format: Format,
  schema?: StandardSchemaV1<In, Out>,
): BodyLens<unknown> | BodyLens<Out, In> {
  const content = formatContent(format)
  return schema === undefined
    ? lens(content, format.contentType, format.mode)
    : lens(validated(content, schema), format.contentType, format.mode)
}

function lens<Out, In>(
  content: Content<Out, In>,
  contentType: string,
  mode: WsMode,
): BodyLens<Out, In> {
  const { type, about } = content
  const meta: LensMeta = { target: 'body', name: '', type, required: true, ...about, contentType }
  const read = async (source: UpgradeRequest<unknown> | Request | Response): Promise<Out> => {
    try {
      return content.read(await contentOf(source, mode, meta), meta)
    } catch (thrown) {
      // A response came from another server.
      throw 'status' in source ? ourOwn(thrown) : thrown
    }
  }
  return Object.assign(read, {
    meta,
    create: (value: In) => written(() => bodyEdit(content.write(value, meta), contentType, meta)),
  })
}

async function contentOf(
  source: UpgradeRequest<unknown> | Request | Response,
  mode: WsMode,
  at: LensMeta,
): Promise<WsMessage> {
  let bytes: Uint8Array
  try {
    const from = 'raw' in source ? source.raw : source
    bytes = new Uint8Array(await from.arrayBuffer())
  } catch (cause) {
    throw missing(at, 'a body that is whole and has not been read before', cause)
  }
  return WsMessage.received(mode === 'text' ? textIn(bytes) : bytes)
}

/** Bytes as text if they are UTF-8, for failures to show. */
function textIn(bytes: Uint8Array): string | Uint8Array {
  try {
    return decodeUtf8(bytes)
  } catch {
    return bytes
  }
}

function bodyEdit(content: WsMessage, contentType: string, at: LensMeta): BodyEdit {
  const body = content.bytes()
  function edit(response: Response): Response
  function edit(request: Request): Request
  function edit(target: Response | Request): Response | Request {
    const headers = new Headers(target.headers)
    headers.set('content-type', contentType)
    // Those of the body before.
    headers.delete('content-length')
    headers.delete('content-encoding')
    try {
      if ('status' in target) {
        const { status, statusText } = target
        return new Response(body, { status, statusText, headers })
      }
      const { method, signal } = target
      return new Request(target.url, { method, signal, headers, body })
    } catch (cause) {
      const got = 'status' in target ? target.status : target.method
      throw ourOwn(invalid(at, 'a status or a method that takes a body', got, cause))
    }
  }
  return edit
}
