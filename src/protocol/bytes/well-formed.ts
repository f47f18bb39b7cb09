/** What strings have since ECMAScript 2024. */
interface Text {
  readonly length: number
  readonly isWellFormed?: (() => boolean) | undefined
  readonly toWellFormed?: (() => string) | undefined
}

/** Whether UTF-8 can carry the text: a lone surrogate would arrive as U+FFFD. */
export function isWellFormed(text: string): boolean {
  const given: Text = text
  return given.isWellFormed?.() ?? !/\p{Cs}/u.test(text)
}

/** The text with U+FFFD for each lone surrogate; as it is where the platform is too old to tell. */
export function wellFormed(text: string): string {
  const given: Text = text
  return given.toWellFormed?.() ?? text
}
