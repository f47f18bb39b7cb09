import { isUint8Array } from '../protocol/bytes/content.ts'
import {
  type Conversion,
  mapConversion,
  mapReading,
  type Reading,
  validated,
} from './conversion.ts'
import type { LensMeta } from './lens.ts'
import { invalid } from './lens-failure.ts'
import { lenses, readers } from './request-field.ts'
import type { RequestPart, RequestReaderSpec, RequestSpec, RequestSpecs } from './request-lens.ts'
import type { RequestStore, Texts } from './request-store.ts'
import {
  booleanType,
  bytesType,
  dateType,
  enumType,
  intType,
  numberType,
  stringType,
  uuidType,
} from './text-types.ts'

/** The specs of all types for one part of a request. */
export function requestSpecs<Part extends RequestPart>(
  store: RequestStore<Part>,
): RequestSpecs<Part> {
  return {
    string: () => spec(store, stringType),
    int: () => spec(store, intType),
    number: () => spec(store, numberType),
    boolean: () => spec(store, booleanType),
    date: () => spec(store, dateType),
    uuid: () => spec(store, uuidType),
    enum: (...values) => spec(store, enumType(values)),
    bytes: () => spec(store, bytesType),
  }
}

function spec<Out, In, Part extends RequestPart>(
  store: RequestStore<Part>,
  type: Conversion<string, Out, In>,
): RequestSpec<Out, In, Part> {
  function map<Next>(read: (value: Out) => Next): RequestReaderSpec<Next, Part>
  function map<Next>(
    read: (value: Out) => Next,
    write: (value: Next) => In,
  ): RequestSpec<Next, Next, Part>
  function map<Next>(
    read: (value: Out) => Next,
    write?: (value: Next) => In,
  ): RequestReaderSpec<Next, Part> | RequestSpec<Next, Next, Part> {
    return write === undefined
      ? readerSpec(store, mapReading(type, read))
      : spec(store, mapConversion(type, read, write))
  }
  return {
    ...lenses(
      store,
      store.one,
      { ...first(type), write: (value, at) => [type.write(value, at)] },
      fresh,
    ),
    multi: lenses(store, store.many, { ...every(type), write: writeEvery(type) }, freshList),
    map,
    schema: (schema) => spec(store, validated(type, schema)),
  }
}

function readerSpec<Out, Part extends RequestPart>(
  store: RequestStore<Part>,
  type: Reading<string, Out>,
): RequestReaderSpec<Out, Part> {
  return {
    ...readers(store, store.one, first(type), fresh),
    multi: readers(store, store.many, every(type), freshList),
    map: (read) => readerSpec(store, mapReading(type, read)),
  }
}

function first<Out>(type: Reading<string, Out>): Reading<Texts, Out> {
  return {
    type: type.type,
    about: type.about,
    expected: type.expected,
    read: ([text], at) => type.read(text!, at),
  }
}

function every<Out>(type: Reading<string, Out>): Reading<Texts, Out[]> {
  return {
    type: `${type.type}[]`,
    about: type.about,
    expected: type.expected,
    read: (texts, at) => texts.map((text) => type.read(text, at)),
  }
}

function writeEvery<In>(
  type: Conversion<string, unknown, In>,
): (values: readonly In[], at: LensMeta) => Texts {
  return (values, at) => {
    if (!Array.isArray(values)) throw invalid(at, 'an array', values)
    return values.map((value) => type.write(value, at))
  }
}

/**
 * A copy of a default for one reader, which may change what it gets: that for other requests must stay. Other objects that
 * a map or a schema makes are shared, and so are dates of a class of their own.
 */
function fresh<T>(value: T): T {
  // These copies are of the class of `value`.
  if (isUint8Array(value)) return Uint8Array.prototype.slice.call(value) as T & Uint8Array
  const isDate = value instanceof Date && Object.getPrototypeOf(value) === Date.prototype
  return isDate ? (new Date(value) as T & Date) : value
}

function freshList<T>(values: readonly T[]): T[] {
  return values.map((value) => fresh(value))
}
