import { isPromiseLike } from '../websocket/maybe-promise.ts'
import type { LensMeta } from './lens.ts'
import { invalid, placeOf } from './lens-failure.ts'
import type { StandardIssue, StandardResult, StandardSchemaV1 } from './standard-schema.ts'

const MAX_ISSUES = 3
const MAX_ISSUE_CHARACTERS = 120

/**
 * What `schema` makes of `value`; what it refuses is a `LensFailure` that shows `got` and has the issues as cause.
 * Throws a `TypeError` when the schema is asynchronous: that is no fault of the value.
 */
export function validate<Out>(
  schema: StandardSchemaV1<unknown, Out>,
  value: unknown,
  at: LensMeta,
  expected: string,
  got: unknown,
): Out {
  let result: StandardResult<Out> | PromiseLike<unknown>
  try {
    result = schema['~standard'].validate(value)
  } catch (cause) {
    throw invalid(at, `${expected} that its schema accepts`, got, cause)
  }
  if (isPromiseLike(result)) {
    result.then(ignore, ignore) // Nobody waits for it: its rejection must not become an unhandled one.
    throw new TypeError(
      `${placeOf(at)}: the ${schema['~standard'].vendor} schema of this lens is asynchronous, and lenses are not: leave out what awaits, and check it after reading`,
    )
  }
  if (result.issues === undefined) return result.value
  const issues = describe(result.issues)
  throw invalid(at, `${expected} that its schema accepts (${issues})`, got, result.issues)
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
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  const text = path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`
  const cut = text.slice(0, MAX_ISSUE_CHARACTERS)
  return `${printable(cut)}${cut === text ? '' : '...'}`
}

/** Issues may be in any language, and quote the value: only what a log or a terminal would obey is escaped. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}

function ignore(): void {}
