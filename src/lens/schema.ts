import { isPromiseLike } from '../websocket/support/maybe-promise.ts'
import { describeIssues } from './issues.ts'
import type { LensMeta } from './lens.ts'
import { invalid } from './lens-failure.ts'
import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts'

/**
 * What `schema` makes of `value`; what it refuses is a `LensFailure` that shows `got` and has the issues as cause.
 *
 * An asynchronous schema refuses everything. It is no `TypeError`, since it cannot be told from a schema that threw:
 * zod then starts over and answers with a promise, so that input could choose the error.
 */
export function validate<Out>(
  schema: StandardSchemaV1<unknown, Out>,
  value: unknown,
  at: LensMeta,
  expected: string,
  got: unknown,
): Out {
  const { vendor } = schema['~standard']
  const accepted = `${expected} that its schema accepts`
  let result: StandardResult<Out> | PromiseLike<unknown>
  try {
    result = schema['~standard'].validate(value)
  } catch (cause) {
    throw invalid(at, accepted, got, cause)
  }
  if (isPromiseLike(result)) {
    result.then(ignore, ignore) // Nobody awaits it: its rejection must not become an unhandled one.
    const why = `the ${vendor} schema answered with a promise: it is asynchronous, which no lens can be, or it threw`
    throw invalid(at, `${accepted} (${why})`, got)
  }
  if (result.issues === undefined) return result.value
  throw invalid(at, `${accepted} (${describeIssues(result.issues)})`, got, result.issues)
}

/** Throws a `TypeError` for anything but a Standard Schema, when the lens is defined. */
export function checkSchema(schema: StandardSchemaV1): void {
  if (typeof schema?.['~standard']?.validate === 'function') return
  throw new TypeError(
    'a lens takes a Standard Schema (https://standardschema.dev): zod 3.24, valibot 1.0, arktype 2.0 or later',
  )
}

function ignore(): void {}
