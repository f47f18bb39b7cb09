import { checkFunction } from '../websocket/support/check-function.ts'
import type { LensMeta, WireMeta } from './lens.ts'
import { invalid } from './lens-failure.ts'
import { checkSchema, validate } from './schema.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** Reads values from what is on the wire; `at` says whose failure it is. Throws `LensFailure`s only. */
export interface Reading<in Wire, out Out> {
  /** For `LensMeta.type`. */
  readonly type: string
  /** For the rest of it. With a `schema`, even an `undefined` one, it stays as it is: a later one is of other values. */
  readonly about?: WireMeta | undefined
  /** What can be read, for failures: `an integer`. */
  readonly expected: string
  read(wire: Wire, at: LensMeta): Out
}

/** Reads and writes: `read(write(value))` is `value` for every value that `write` takes. */
export interface Conversion<in out Wire, out Out, in In> extends Reading<Wire, Out> {
  write(value: In, at: LensMeta): Wire
}

/** Maps one way: a value for which the map throws is invalid. */
export function mapReading<Wire, Out, Next>(
  from: Reading<Wire, Out>,
  map: (value: Out) => Next,
): Reading<Wire, Next> {
  checkFunction(map, 'a lens maps by a function')
  return {
    type: from.type,
    about: { schema: undefined, ...from.about },
    expected: from.expected,
    read(wire, at) {
      const value = from.read(wire, at)
      try {
        return map(value)
      } catch (cause) {
        throw invalid(at, `${from.expected} that its map accepts`, wire, cause)
      }
    },
  }
}

/** Maps both ways. */
export function mapConversion<Wire, Out, In, Next>(
  from: Conversion<Wire, Out, In>,
  map: (value: Out) => Next,
  unmap: (value: Next) => In,
): Conversion<Wire, Next, Next> {
  checkFunction(unmap, 'a lens maps back by a function')
  return {
    ...mapReading(from, map),
    write(value, at) {
      let next: In
      try {
        next = unmap(value)
      } catch (cause) {
        throw invalid(at, 'a value that its map accepts', value, cause)
      }
      return from.write(next, at)
    },
  }
}

/** Validates in both directions. What is written is the value that was given, not what the schema made of it. */
export function validated<Wire, Out, In, SchemaIn, SchemaOut>(
  from: Conversion<Wire, Out, In>,
  schema: StandardSchemaV1<SchemaIn, SchemaOut>,
): Conversion<Wire, SchemaOut, In & SchemaIn> {
  checkSchema(schema)
  return {
    type: from.type,
    about: { schema, ...from.about },
    expected: from.expected,
    read: (wire, at) => validate(schema, from.read(wire, at), at, from.expected, wire),
    write(value, at) {
      validate(schema, value, at, 'a value', value)
      return from.write(value, at)
    },
  }
}
