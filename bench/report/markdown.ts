/** A table. `columns` has a letter for each: `l` for words, `r` for numbers. */
export function markdownTable(
  columns: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = Array.from(columns, (column) => (column === 'r' ? '--:' : '---'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
