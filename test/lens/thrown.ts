import { LensFailure } from '../../src/lens/lens-failure.ts'

/** What `step` throws, which must be a `kind`. */
export function failureOf<E extends Error>(
  // biome-ignore lint/complexity/noBannedTypes: any class will do, whatever its constructor takes.
  kind: Function & { readonly prototype: E },
  step: () => unknown,
): E {
  try {
    step()
  } catch (thrown) {
    if (isA(kind, thrown)) return thrown
    throw thrown
  }
  throw new Error(`nothing was thrown, expected a ${kind.name}`)
}

/** The `LensFailure` that `step` throws. */
export function lensFailureOf(step: () => unknown): LensFailure {
  return failureOf(LensFailure, step)
}

// biome-ignore lint/complexity/noBannedTypes: as above.
function isA<E>(kind: Function & { readonly prototype: E }, value: unknown): value is E {
  return value instanceof kind
}
