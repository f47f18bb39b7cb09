/** Not every caller is type-checked. Throws a `TypeError` that begins with `need` for what is no function. */
export function checkFunction(value: unknown, need: string): void {
  if (typeof value !== 'function') throw notThat(value, need)
}

/** `need` says who needs what. */
export function notThat(value: unknown, need: string): TypeError {
  return new TypeError(`${need}, not ${value === null ? 'null' : typeof value}`)
}
