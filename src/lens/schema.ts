import { legible } from '../protocol/quote.ts'
import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { LensMeta } from './lens.ts'
import { invalid } from './lens-failure.ts'
import type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.ts'

const MAX_ISSUES = 3
const MAX_ISSUE_CHARACTERS = 120

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
    result.then(ignore, ignore) // Nobody waits for it: its rejection must not become an unhandled one.
    const why = `the ${vendor} schema answered with a promise: it is asynchronous, which no lens can be, or it threw`
    throw invalid(at, `${accepted} (${why})`, got)
  }
  if (result.issues === undefined) return result.value
  throw invalid(at, `${accepted} (${describe(result.issues)})`, got, result.issues)
}

/** Throws a `TypeError` for what is not a Standard Schema, when the lens is defined. */
export function checkSchema(schema: StandardSchemaV1): void {
  if (typeof schema?.['~standard']?.validate === 'function') return
  throw new TypeError(
    'a lens takes a Standard Schema (https://standardschema.dev): zod 3.24, valibot 1.0, arktype 2.0 or later',
  )
}

function describe(issues: readonly StandardIssue[]): string {
  const shown = issues.slice(0, MAX_ISSUES).map(describeOne)
  if (issues.length > MAX_ISSUES) shown.push(`and ${issues.length - MAX_ISSUES} more`)
  return shown.join('; ')
}

function describeOne(issue: StandardIssue): string {
  // Not `map`: arktype's path is an array of its own kind, whose empty copy has a member.
  const path = Array.from(issue.path ?? [], (part) =>
    String(typeof part === 'object' ? part.key : part),
  )
  const text = path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`
  const cut = text.slice(0, MAX_ISSUE_CHARACTERS)
  // Issues may be in any language, and quote the value.
  return `${legible(cut)}${cut === text ? '' : '...'}`
}

function ignore(): void {}
