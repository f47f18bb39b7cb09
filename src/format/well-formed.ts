/** Whether UTF-8 can carry the text: a lone surrogate would arrive as U+FFFD. */
export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text)
}
