import { wrongType } from './check-function.ts'

/**
 * Every option of `O` by its name. The value is `false` for an option that is on or off, the names within for one that
 * groups others, and does not matter for the rest.
 */
export type OptionNames<O> = Readonly<Record<keyof O, unknown>>

/** `O`, where it has no other names than `Options`: inferred types are not checked for unknown ones otherwise. */
export type Known<O, Options> = O & Readonly<Record<Exclude<keyof O, keyof Options>, never>>

/**
 * Throws a `TypeError` for an unknown option, for a group that is not an object, and for a switch that is not a boolean:
 * not every caller is type-checked, and each of these would silently have no effect.
 */
export function checkNames<O extends object>(who: string, options: O, names: OptionNames<O>): void {
  checkWithin(who, '', options, names)
}

function checkWithin(who: string, path: string, options: unknown, names: unknown): void {
  if (options === undefined) return
  if (names === false && typeof options !== 'boolean')
    throw wrongType(options, `${who} needs true or false as ${path.slice(0, -1)}`)
  if (!isGroup(names)) return
  if (!isGroup(options))
    throw wrongType(options, `${who} needs an object as ${path.slice(0, -1) || 'options'}`)
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) {
      const all = Object.keys(names)
      const place = all.find((other) => Object.hasOwn(Object(names[other]), name))
      const right = place === undefined ? `there are ${all.join(', ')}` : `it belongs in ${place}`
      throw new TypeError(`${who} has no option ${path}${name}: ${right}`)
    }
    checkWithin(who, `${path}${name}.`, options[name], names[name])
  }
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
