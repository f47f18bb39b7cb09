import type { StandardSchemaV1 } from './standard-schema.ts'

/** What a lens looks at. */
export type LensTarget = 'query' | 'header' | 'path' | 'body' | 'message'

/** What is known of the texts or the content on the wire, beyond their type. */
export interface WireMeta {
  /** What stands on the wire is an input of this schema. That of a map's result is not told: it says nothing of the wire. */
  readonly schema?: StandardSchemaV1 | undefined
  /** The texts of an `enum`. */
  readonly values?: readonly string[] | undefined
  /** The media type of a message or a body. */
  readonly contentType?: string | undefined
}

/** What a lens is about: for errors and for documentation made from lenses. */
export interface LensMeta extends WireMeta {
  readonly target: LensTarget
  /** The field's name; `''` for a body or a message, which is looked at as a whole. */
  readonly name: string
  /** What stands on the wire: `int`, `int[]` for a field with several values, `json` for that format. */
  readonly type: string
  readonly required: boolean
}

/** Reads a value out of a target; throws a `LensFailure` when it is missing or wrong. */
export interface ReadLens<in Target, out Out> {
  (target: Target): Out
  readonly meta: LensMeta
  /** A lens that reads further; what `read` throws becomes a `LensFailure` with it as cause. */
  map<Next>(read: (value: Out) => Next): ReadLens<Target, Next>
}

/** Reads a value out of a target, and makes a target of a value: `lens(lens.create(value))` is that value. */
export interface Lens<in out Target, out Out, in In = Out> extends ReadLens<Target, Out> {
  /** Throws a `LensFailure` for a value that its schema refuses, or that cannot stand on the wire. */
  readonly create: (value: In) => Target
  map<Next>(read: (value: Out) => Next): ReadLens<Target, Next>
  map<Next>(read: (value: Out) => Next, write: (value: Next) => In): Lens<Target, Next>
}
