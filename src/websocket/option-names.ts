/** The name of every option of `O`; an object under one has the names of the options within. */
export type OptionNames<O> = Readonly<Record<keyof O, unknown>>

/** Throws a `TypeError` for an unknown option: not every caller is type-checked, and it would do nothing. */
export function checkNames<O extends object>(who: string, options: O, names: OptionNames<O>): void {
  checkWithin(`${who} has no option `, options, names)
}

function checkWithin(problem: string, options: unknown, names: unknown): void {
  if (!isGroup(options) || !isGroup(names)) return
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) {
      const all = Object.keys(names)
      const place = all.find((other) => Object.hasOwn(Object(names[other]), name))
      const right = place === undefined ? `there are ${all.join(', ')}` : `it belongs in ${place}`
      throw new TypeError(`${problem}${name}: ${right}`)
    }
    checkWithin(`${problem}${name}.`, options[name], names[name])
  }
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
