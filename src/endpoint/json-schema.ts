import type { LensMeta } from '../lens/lens.ts'
import type { StandardSchemaV1 } from '../lens/standard-schema.ts'

/** A JSON Schema, or any other object of a document. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What a field of a request holds. */
export type FieldValue = string | number | boolean | readonly FieldValue[]

/** A field of a request, and what it is where it is missing. */
export interface FieldMeta extends LensMeta {
  /** None if the lens has none, or if nothing on the wire would be read as it. */
  readonly default?: FieldValue | undefined
}

/** A schema that tells its JSON Schema, as in Standard JSON Schema 1 (https://standardschema.dev/json-schema). */
interface WithJsonSchema {
  readonly jsonSchema: {
    readonly input: (options: { readonly target: 'draft-07' }) => JsonObject
  }
}

/**
 * The JSON Schema of what stands on the wire, `undefined` where nothing is known of it. Lenses write the value that they
 * are given, so in both directions it is an input of the schema. Draft 7 is the one that the schemas of AsyncAPI extend.
 * Throws what the schema throws for what JSON Schema cannot say.
 */
export function wireSchema({ schema, type }: LensMeta): JsonObject | undefined {
  const standard = schema?.['~standard']
  if (standard && tellsJsonSchema(standard))
    return standard.jsonSchema.input({ target: 'draft-07' })
  return type === 'text' ? { type: 'string' } : undefined
}

function tellsJsonSchema(
  standard: StandardSchemaV1['~standard'],
): standard is StandardSchemaV1['~standard'] & WithJsonSchema {
  return typeof Object(Reflect.get(standard, 'jsonSchema')).input === 'function'
}

/** What stands in the text of a field, by the type of its lens. */
const TEXTS: Readonly<Record<string, JsonObject>> = {
  int: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  uuid: { type: 'string', format: 'uuid' },
  bytes: { type: 'string', pattern: '^[\\w-]*$' },
}

/** The JSON Schema of a field of the request, at this place of a document. */
export function fieldSchema(meta: FieldMeta, place: string): JsonObject {
  const text = textSchema(meta)
  const schema = meta.type.endsWith('[]')
    ? { type: 'array', items: embedded(text, `${place}/items`) }
    : embedded(text, place)
  return { ...schema, ...(meta.default !== undefined && { default: meta.default }) }
}

/** What stands in a text of a field, as its JSON Schema has it. */
export function textValue(text: string, meta: LensMeta): FieldValue {
  return plainSchema(meta).type === 'string' ? text : JSON.parse(text)
}

/** The JSON Schema of one text of a field: that of its schema, and its type. */
export function textSchema(meta: LensMeta): JsonObject {
  return {
    ...toldSchema(meta),
    ...plainSchema(meta),
    ...(meta.values && { enum: meta.values }),
  }
}

function plainSchema({ type }: LensMeta): JsonObject {
  return TEXTS[type.replace('[]', '')] ?? { type: 'string' }
}

/**
 * Nothing for a schema that has no JSON Schema: that the type is known is enough. Its default is left out, since a schema
 * is not asked where a field is missing.
 */
function toldSchema(meta: LensMeta): JsonObject | undefined {
  try {
    const { default: _, ...told } = { ...wireSchema(meta) }
    return told
  } catch {
    return undefined
  }
}

/** A schema as part of a document, at this place (RFC 6901): references to the schema itself become references to there. */
export function embedded(schema: JsonObject, place: string): JsonObject {
  const { $schema: _, ...rest } = schema
  return moved(rest, place)
}

function moved(from: JsonObject, place: string): JsonObject {
  const entries = Object.entries(from).map(([name, value]) => [
    name,
    name === '$ref' && typeof value === 'string' && /^#(?:\/|$)/.test(value)
      ? place + value.slice(1)
      : movedValue(value, place),
  ])
  return Object.fromEntries(entries)
}

function movedValue(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((each) => movedValue(each, place))
  return isObject(value) ? moved(value, place) : value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
