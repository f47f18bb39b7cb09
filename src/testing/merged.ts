/** These options, those of them that are `undefined` from the defaults. */
export function merged<O extends object>(defaults: O, options: O | undefined): O {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}
