import { copyBytes } from '../protocol/bytes/bytes.ts'
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
    date: () => spec(store, dateType, copyDate),
    uuid: () => spec(store, uuidType),
    enum: (...values) => spec(store, enumType(values)),
    bytes: () => spec(store, bytesType, copyOctets),
  }
}

/** `fresh` makes the value for one reader from a default. */
function spec<Out, In, Part extends RequestPart>(
  store: RequestStore<Part>,
  type: Conversion<string, Out, In>,
  fresh: (value: Out) => Out = same,
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
    multi: lenses(store, store.many, { ...every(type), write: writeEvery(type) }, (values) =>
      values.map(fresh),
    ),
    map,
    schema: (schema) => spec(store, validated(type, schema)),
  }
}

function readerSpec<Out, Part extends RequestPart>(
  store: RequestStore<Part>,
  type: Reading<string, Out>,
): RequestReaderSpec<Out, Part> {
  return {
    ...readers(store, store.one, first(type), same),
    multi: readers(store, store.many, every(type), copyList),
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

function same<T>(value: T): T {
  return value
}

// Copies of defaults: a reader may change what it gets, and the default for other requests must stay.

function copyList<T>(values: readonly T[]): T[] {
  return values.slice()
}

/** Not every caller is type-checked, and `new Date(null)` would be a date. */
function copyDate(date: Date): Date {
  return date instanceof Date ? new Date(date) : date
}

function copyOctets(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return isUint8Array(bytes) ? copyBytes(bytes) : bytes
}
