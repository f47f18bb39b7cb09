/** An option that is one of these words. Throws a `RangeError` for any other: not every caller is type-checked. */
export function oneOf<W extends string>(name: string, value: W, words: readonly W[]): W {
  if (words.includes(value)) return value
  throw new RangeError(`the option ${name} is ${value}, not ${words.join(' or ')}`)
}
