/** The options, with the defaults for those that are `undefined`. */
export function merged<O extends object>(defaults: O, options: O | undefined): O {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}
