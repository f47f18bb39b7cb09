import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { LensMeta } from './lens.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** The parts of a request that hold named values. */
export type RequestPart = 'query' | 'header' | 'path'

/** A copy of a request with something changed. */
export type RequestEdit = <P>(request: UpgradeRequest<P>) => UpgradeRequest<P>

/**
 * Reads a value out of a request; throws a `LensFailure` when it is missing or wrong. `Param` is the path parameter
 * it needs: a request whose parameters are known, and lack it, does not compile.
 */
export interface RequestReader<out Out, Param extends string = never> {
  <P>(request: UpgradeRequest<P> & WithParam<P, Param>): Out
  readonly meta: LensMeta
}

/** Reads a value out of a request and writes it into one: `lens(lens.create(value)(request))` is `value`. */
export interface RequestLens<out Out, in In = Out, Param extends string = never>
  extends RequestReader<Out, Param> {
  /** Throws a `LensFailure` for a value that cannot stand there. */
  readonly create: (value: In) => RequestEdit
}

type WithParam<P, Param extends string> = [Param] extends [never]
  ? unknown
  : string extends keyof P
    ? unknown
    : { readonly params: Readonly<Record<Param, string>> }

type ParamOf<Part extends RequestPart, Name extends string> = Part extends 'path' ? Name : never

/** Names the field and makes the lens. */
export interface RequestReaders<out Out, Part extends RequestPart> {
  /** Missing is a failure. */
  required<Name extends string>(name: Name): RequestReader<Out, ParamOf<Part, Name>>
  /** Missing is `undefined`; wrong is still a failure. */
  optional(name: string): RequestReader<Out | undefined>
  /** Missing is `value`; wrong is still a failure. */
  defaulted(name: string, value: Out): RequestReader<Out>
}

/** As `RequestReaders`, for lenses that also write; one that is not required takes the field away for `undefined`. */
export interface RequestLenses<out Out, in In, Part extends RequestPart> {
  required<Name extends string>(name: Name): RequestLens<Out, In, ParamOf<Part, Name>>
  optional(name: string): RequestLens<Out | undefined, In | undefined>
  defaulted(name: string, value: Out): RequestLens<Out, In | undefined>
}

/** How a value is read; what is left is where it stands. */
export interface RequestReaderSpec<out Out, Part extends RequestPart>
  extends RequestReaders<Out, Part> {
  /**
   * All values of the field: those of a repeated query parameter, of a header's list (split at commas), or of a
   * path parameter with several segments.
   */
  readonly multi: RequestReaders<Out[], Part>
  map<Next>(read: (value: Out) => Next): RequestReaderSpec<Next, Part>
}

/** How a value is read and written; what is left is where it stands. */
export interface RequestSpec<out Out, in In, Part extends RequestPart>
  extends RequestLenses<Out, In, Part> {
  /** As for `RequestReaderSpec`. An empty array is not written: it could not be told from a missing field. */
  readonly multi: RequestLenses<Out[], readonly In[], Part>
  /** Read-only from here on. What a map throws becomes a `LensFailure` with it as cause. */
  map<Next>(read: (value: Out) => Next): RequestReaderSpec<Next, Part>
  map<Next>(read: (value: Out) => Next, write: (value: Next) => In): RequestSpec<Next, Next, Part>
  /** Validated both ways; what is written is the value given, not what the schema makes of it. */
  schema<SchemaIn, SchemaOut>(
    schema: StandardSchemaV1<SchemaIn, SchemaOut>,
  ): RequestSpec<SchemaOut, In & SchemaIn, Part>
}

/** Where lenses for one part of a request begin. */
export interface RequestSpecs<Part extends RequestPart> {
  string(): RequestSpec<string, string, Part>
  /** An integer of at most 2^53 - 1 either way. */
  int(): RequestSpec<number, number, Part>
  /** A finite number. */
  number(): RequestSpec<number, number, Part>
  /** `true` or `false`. */
  boolean(): RequestSpec<boolean, boolean, Part>
  /** ISO 8601: a date (in UTC), or a date and time with its zone; written as `Date.toISOString` does. */
  date(): RequestSpec<Date, Date, Part>
  uuid(): RequestSpec<string, string, Part>
  /** One of `values`, compared as they stand. */
  enum<const Value extends string>(
    ...values: readonly [Value, ...Value[]]
  ): RequestSpec<Value, Value, Part>
  /** Base64url without padding. */
  bytes(): RequestSpec<Uint8Array<ArrayBuffer>, Uint8Array, Part>
}
