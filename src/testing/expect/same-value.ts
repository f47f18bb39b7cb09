/** How a test runner compares. */
export type Equals = (a: unknown, b: unknown) => boolean

/**
 * Whether two values hold the same: dates, bytes, collections and objects by what is in them, all else by `Object.is`. In
 * `b`, matchers such as `expect.any(Number)` stand for what they match; `equals` is asked about those that only their
 * test runner can read.
 */
export function sameValue(a: unknown, b: unknown, equals: Equals = () => false): boolean {
  if (Object.is(a, b)) return true
  if (isMatcher(b)) return b.asymmetricMatch(a)
  if (!isObject(b)) return false
  if (!isObject(a) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return isOpaque(b) && equals(a, b)
  }
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime())
  if (isIterable(a) && isIterable(b)) return sameItems([...a], [...b], equals)
  if (isOpaque(a)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name], equals))
  )
}

function sameItems(a: readonly unknown[], b: readonly unknown[], equals: Equals): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index], equals))
}

/** An object without properties may still hold something: a URL, a regular expression, a matcher of Bun. */
function isOpaque(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && !isIterable(value) && Object.keys(value).length === 0
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
