/**
 * Whether two values hold the same: dates, bytes, collections and objects by what is in them, all else by `Object.is`. In
 * `b`, matchers such as `expect.any(Number)` stand for what they match.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (isMatcher(b)) return b.asymmetricMatch(a)
  if (!isObject(a) || !isObject(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return false
  }
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime())
  if (isIterable(a) && isIterable(b)) return sameItems([...a], [...b])
  const names = Object.keys(a)
  // An object without properties may still hold something: a URL, a regular expression.
  if (names.length === 0 && Object.getPrototypeOf(a) !== Object.prototype) return false
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]))
  )
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** As Jasmine, Jest and Vitest make them. */
function isMatcher(value: unknown): value is { asymmetricMatch(other: unknown): boolean } {
  return isObject(value) && typeof value.asymmetricMatch === 'function'
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}
