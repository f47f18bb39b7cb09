/** Not every caller is type-checked. Throws a `TypeError` that begins with `need` for anything but a function. */
export function checkFunction(value: unknown, need: string): void {
  if (typeof value !== 'function') throw notThat(value, need)
}

/** What a filter made: throws a `TypeError` for one that has answered nothing, or something else than its `kind`. */
export function made<F extends (...args: never[]) => unknown>(value: F, kind: string): F {
  checkFunction(value, `a filter has to answer a ${kind}`)
  return value
}

/** `need` says who needs what. */
export function notThat(value: unknown, need: string): TypeError {
  return new TypeError(`${need}, not ${value === null ? 'null' : typeof value}`)
}
