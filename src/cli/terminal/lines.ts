/** Half of what a string can be. */
const LONGEST = 2 ** 28

/** What lines may be. */
export interface LineOptions {
  /** In characters. */
  readonly longest?: number | undefined
  /** Its end may be in the middle of a character, which is left out then. Default: false. */
  readonly mayBeCut?: boolean | undefined
}

/**
 * The lines of UTF-8, each ended by a line feed, with or without a carriage return before it. What follows the last one
 * is a line if it is not empty. Throws a `TypeError` for what is not UTF-8, and for a line longer than `longest`, in
 * characters.
 */
export async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  { longest = LONGEST, mayBeCut = false }: LineOptions = {},
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest = ''
  for await (const chunk of input) {
    const text = decode(() => decoder.decode(chunk, { stream: true }))
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield withoutReturn(rest + text.slice(start, end))
      rest = ''
      start = end + 1
    }
    rest += text.slice(start)
    if (rest.length > longest)
      throw new TypeError(`the input has a line of more than ${longest} characters${OTHERWISE}`)
  }
  if (!mayBeCut) decode(() => decoder.decode())
  if (rest !== '') yield withoutReturn(rest)
}

const OTHERWISE = ': --message @FILE sends any file'

function decode(text: () => string): string {
  try {
    return text()
  } catch (cause) {
    throw new TypeError(`the input is not UTF-8, which its lines must be${OTHERWISE}`, { cause })
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
