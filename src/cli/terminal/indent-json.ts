const INDENT = '  '

/** Nothing is indented deeper, so that a peer's brackets cannot make much of little. */
const DEEPEST = 32

/** In characters: to lay it out takes a hundred times as much memory, and Ctrl-C is not heard meanwhile. */
const LARGEST = 1_048_576

/**
 * JSON laid out for people; `undefined` for what is not JSON, or too large. Strings and numbers stay as they were sent:
 * what `JSON.parse` rounds or drops, such as large integers and repeated names, is shown.
 */
export function indentJson(text: string): string | undefined {
  if (text.length > LARGEST || !isJson(text)) return undefined
  const parts: string[] = []
  let depth = 0
  let opened = false
  for (const token of tokensOf(text)) {
    const closes = token === '}' || token === ']'
    if (closes) depth--
    if (opened !== closes) parts.push(newLine(depth))
    opened = token === '{' || token === '['
    if (opened) depth++
    parts.push(token)
    if (token === ',') parts.push(newLine(depth))
    if (token === ':') parts.push(' ')
  }
  return parts.join('')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function* tokensOf(json: string): Generator<string, void, undefined> {
  for (let at = 0; at < json.length; ) {
    const end = endOfToken(json, at)
    const token = json.slice(at, end).trim()
    if (token !== '') yield token
    at = end
  }
}

/** A token is a string or one character: the digits of a number end up side by side again. */
function endOfToken(json: string, start: number): number {
  if (json[start] !== '"') return start + 1
  let at = start
  do at += json[at] === '\\' ? 2 : 1
  while (json[at] !== '"')
  return at + 1
}

function newLine(depth: number): string {
  return `\n${INDENT.repeat(Math.min(depth, DEEPEST))}`
}
