import { readFileSync } from 'node:fs'

/** One line of a table of `docs/deflate.md`, for one value of its N. */
export interface DeflateCase {
  readonly peer: string
  readonly title: string
  /** What the peer is set to; empty: it is left as it comes. */
  readonly theirs: DeflateSettings
  readonly ours: DeflateSettings
  /** The parameters of each offer, the preferred one first, as on the wire. */
  readonly offers: readonly string[]
  /** Those of the answer; `undefined` when compression is declined. */
  readonly answer: string | undefined
  /** Whether messages can be exchanged then. */
  readonly works: boolean
}

export type DeflateSettings = Readonly<Record<string, number | boolean | null>>

/** The cases under a heading, in the order of the table. */
export function deflateCases(heading: 'Our server' | 'Our client'): readonly DeflateCase[] {
  const page = readFileSync(new URL('../../docs/deflate.md', import.meta.url), 'utf8')
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('| '))
  const cases = rows.slice(1).flatMap(casesOf)
  if (cases.length === 0) throw new Error(`docs/deflate.md has no table under '${heading}'`)
  return cases
}

/** The columns: peer, its settings, ours, offers, answer, the values of N, whether it works. */
function casesOf(row: string): DeflateCase[] {
  const cells = row.split('|').map((cell) => cell.replaceAll('`', '').trim())
  const [, peer = '', theirs = '', ours = '', offers = '', answer = '', values = '', works = ''] =
    cells
  return valuesOf(values).map((n) => {
    const fill = (text: string): string => text.replaceAll(/\bN\b/g, String(n))
    return {
      peer,
      title: `${peer} (${fill(theirs) || 'as it comes'}), we (${fill(ours) || 'as we come'})`,
      theirs: settingsOf(fill(theirs)),
      ours: settingsOf(fill(ours)),
      offers: fill(offers).split(' or ').map(parametersOf),
      answer: answer === 'declined' ? undefined : parametersOf(fill(answer)),
      works: works === 'yes',
    }
  })
}

/** `8–15`, or nothing for a line without N. */
function valuesOf(cell: string): number[] {
  if (cell === '') return [0]
  const [first = 0, last = first] = cell.split('–').map(Number)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function settingsOf(cell: string): DeflateSettings {
  const pairs = cell.split(', ').filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return [name, settingOf(value)]
    }),
  )
}

/** As JavaScript or Python writes it. */
function settingOf(value: string): number | boolean | null {
  if (/^\d+$/.test(value)) return Number(value)
  return value === 'None' ? null : value.toLowerCase() === 'true'
}

function parametersOf(cell: string): string {
  return cell === 'none' ? '' : cell
}
