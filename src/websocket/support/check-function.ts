/** Not every caller is type-checked. Throws a `TypeError` that begins with `need` for anything but a function. */
export function checkFunction(value: unknown, need: string): void {
  if (typeof value !== 'function') throw wrongType(value, need)
}

/** Returns what a filter has made. Throws a `TypeError` unless it is a function, as every `kind` is. */
export function madeByFilter<F extends (...args: never[]) => unknown>(value: F, kind: string): F {
  checkFunction(value, `a filter has to return a ${kind}`)
  return value
}

/** The error for a value of the wrong type; `need` says who needs what. */
export function wrongType(value: unknown, need: string): TypeError {
  const kind = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value
  return new TypeError(`${need}, not ${kind}`)
}
