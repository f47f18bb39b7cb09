import type { LensMeta, LensTarget } from '../lens/lens.ts'
import { quote } from '../protocol/errors/quote.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'
import type { Endpoint } from './endpoint.ts'
import type { AnyRequestLens } from './endpoint-lenses.ts'
import { fieldDefault } from './field-default.ts'
import {
  embedded,
  type FieldMeta,
  fieldSchema,
  type JsonObject,
  textSchema,
  wireSchema,
} from './json-schema.ts'
import { noMessages } from './no-messages.ts'

/** JSON Schemas (draft 7) of the messages of an endpoint, as any library types them. */
export interface AsyncApiPayloads {
  /** What clients send. */
  readonly fromClient?: object | undefined
  /** What the server sends. */
  readonly fromServer?: object | undefined
}

/** What `asyncApi` is told; all but `channels` and `payloads` goes into the document as it is. */
export interface AsyncApiOptions<E extends Readonly<Record<string, Endpoint>>> {
  /** An Info Object. */
  readonly info: JsonObject & { readonly title: string; readonly version: string }
  /** Server Objects by name. The `pathname` is the path that the routes are bound to. */
  readonly servers?:
    | Readonly<Record<string, JsonObject & { readonly host: string; readonly protocol: string }>>
    | undefined
  /** The endpoints, by the names that their channels get. */
  readonly channels: E
  /** In place of what the schemas of the lenses tell. `{}` is a schema for anything. */
  readonly payloads?: { readonly [Name in keyof E]?: AsyncApiPayloads | undefined } | undefined
}

/** An AsyncAPI document (https://www.asyncapi.com/docs/reference/specification/v3.0.0), as plain data for JSON. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0'
  readonly info: JsonObject
  /** As in the options. */
  readonly servers?: Readonly<Record<string, JsonObject>> | undefined
  /** `fromClient` and `fromServer` are the names of messages. */
  readonly channels: Readonly<Record<string, JsonObject>>
  /** From the view of the server: `chat.receive`, `chat.send`. */
  readonly operations: Readonly<Record<string, JsonObject>>
}

const ASYNC_API_OPTIONS: OptionNames<AsyncApiOptions<Readonly<Record<string, Endpoint>>>> = {
  info: 0,
  servers: 0,
  channels: 0,
  payloads: 0,
}

/**
 * Documents endpoints: `asyncApi({ info: { title: 'Chat', version: '1.0.0' }, channels: { chat } })`. A schema that has no
 * JSON Schema (Standard JSON Schema 1) leaves its payload open. The defaults of lenses are written and read by these, through
 * their maps and schemas. Throws a `TypeError` for an unknown option, and for a schema that JSON Schema cannot express:
 * `payloads` replaces it.
 */
export function asyncApi<E extends Readonly<Record<string, Endpoint>>>(
  options: AsyncApiOptions<E>,
): AsyncApiDocument {
  checkNames('asyncApi()', options, ASYNC_API_OPTIONS)
  const { info, servers, payloads } = options
  const channels = Object.entries<Endpoint>(options.channels)
  return {
    asyncapi: '3.0.0',
    info,
    ...(servers && { servers }),
    channels: Object.fromEntries(
      channels.map(([name, endpoint]) => [name, channelOf(name, endpoint, payloads?.[name])]),
    ),
    operations: Object.fromEntries(
      channels.flatMap(([name, endpoint]) => operationsOf(name, endpoint)),
    ),
  }
}

function channelOf(
  name: string,
  endpoint: Endpoint,
  payloads: AsyncApiPayloads | undefined,
): JsonObject {
  const { path, protocol, description } = endpoint
  const place = placeOf(name)
  const lenses = Object.values<AnyRequestLens>(endpoint.request)
  const inPart = (part: LensTarget): FieldMeta[] =>
    lenses
      .filter(({ meta }) => meta.target === part)
      .map((lens) => ({ ...lens.meta, default: fieldDefault(lens) }))
  const headers = [...inPart('header'), ...subprotocolField(protocol)]
  const parameters = inPart('path').map((meta) => [meta.name, parameterOf(meta)])
  const messages = sidesOf(endpoint).map(([side]) => [
    side,
    messageOf(
      endpoint[side].meta,
      payloads?.[side],
      `${name} ${side}`,
      `${place}/messages/${side}`,
    ),
  ])
  return {
    address: path.replace(/:(\w+)/g, '{$1}'),
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    messages: Object.fromEntries(messages),
    bindings: {
      ws: {
        method: 'GET',
        ...fieldsOf('query', inPart('query'), place),
        ...fieldsOf('headers', headers, place),
        bindingVersion: '0.1.0',
      },
    },
  }
}

function operationsOf(name: string, endpoint: Endpoint): [string, JsonObject][] {
  const channel = placeOf(name)
  return sidesOf(endpoint).map(([side, action]) => [
    `${name}.${action}`,
    { action, channel: { $ref: channel }, messages: [{ $ref: `${channel}/messages/${side}` }] },
  ])
}

/** The sides that send something, and what the server does with that. */
function sidesOf(
  endpoint: Pick<Endpoint, 'fromClient' | 'fromServer'>,
): (readonly ['fromClient', 'receive'] | readonly ['fromServer', 'send'])[] {
  const sides = [['fromClient', 'receive'] as const, ['fromServer', 'send'] as const]
  return sides.filter(([side]) => endpoint[side].meta !== noMessages.meta)
}

function messageOf(
  meta: LensMeta,
  given: object | undefined,
  title: string,
  place: string,
): JsonObject {
  const { contentType } = meta
  const payload = given ?? told(meta, title)
  return {
    ...(contentType !== undefined && { contentType }),
    // By their titles, generators name the types that they make of schemas.
    ...(payload && { payload: { title, ...embedded({ ...payload }, `${place}/payload`) } }),
  }
}

function told(meta: LensMeta, what: string): JsonObject | undefined {
  try {
    return wireSchema(meta)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(
      `the schema of ${quote(what)} has no JSON Schema (${why}): give one in payloads`,
      { cause },
    )
  }
}

/** A parameter has no schema: its values are texts. */
function parameterOf(meta: LensMeta): JsonObject {
  const { enum: values, description } = textSchema(meta)
  const about = description ?? (values || meta.type === 'string' ? undefined : meta.type)
  return {
    ...(about !== undefined && { description: about }),
    ...(Array.isArray(values) && { enum: values.map(String) }),
  }
}

/** This part of the binding: the schema of an object with these fields. */
function fieldsOf(
  part: 'query' | 'headers',
  fields: readonly FieldMeta[],
  channel: string,
): JsonObject {
  if (fields.length === 0) return {}
  const place = `${channel}/bindings/ws/${part}/properties`
  const properties = fields.map((meta) => [
    meta.name,
    fieldSchema(meta, `${place}/${pointed(meta.name)}`),
  ])
  const required = fields.filter((meta) => meta.required).map(({ name }) => name)
  return { [part]: { type: 'object', properties: Object.fromEntries(properties), required } }
}

/** RFC 6455, section 11.3.4. */
function subprotocolField(protocol: string | undefined): LensMeta[] {
  if (protocol === undefined) return []
  const name = 'Sec-WebSocket-Protocol'
  return [{ target: 'header', name, type: 'enum', required: true, values: [protocol] }]
}

function placeOf(channel: string): string {
  return `#/channels/${pointed(channel)}`
}

/** A name in a JSON pointer in a URI (RFC 6901, sections 3 and 6). */
function pointed(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
