import { describe, expect, test } from 'vitest'
import { showDifference, showEntry } from '../../../src/cli/replay/show-difference.ts'
import type { MessageEntry, TrafficEntry } from '../../../src/filters/traffic-entry.ts'

const own = { connection: 3, at: 1_234.5 } as const

function text(content: string): MessageEntry {
  return { ...own, kind: 'message', direction: 'out', mode: 'text', text: content }
}

describe('showEntry', () => {
  test.each<[TrafficEntry | undefined, string]>([
    [undefined, 'nothing'],
    [text('a\u001b\n'), 'text a\\u001b\\n'],
    [text('a'.repeat(500)), `text ${'a'.repeat(200)}…`],
    [
      { ...own, kind: 'message', direction: 'out', mode: 'binary', base64: 'AQI=' },
      'binary, 2 bytes: 01 02',
    ],
    [{ ...own, kind: 'close', code: 1000, reason: '' }, 'closed with 1000'],
    [{ ...own, kind: 'close', code: 4000, reason: 'a\n' }, "closed with 4000 'a\\n'"],
    [{ ...own, kind: 'error', name: 'Error', message: 'a\n' }, 'Error: a\\n'],
    [
      { ...own, kind: 'open', method: 'GET', url: '', headers: [], protocol: '' },
      'opened, no subprotocol',
    ],
    [
      { ...own, kind: 'open', method: 'GET', url: '', headers: [], protocol: 'a' },
      "opened, subprotocol 'a'",
    ],
  ])('shows %j on one line', (entry, shown) => {
    expect(showEntry(entry)).toBe(shown)
  })
})

describe('showDifference', () => {
  test('shows where long texts differ', () => {
    const same = 'a'.repeat(1_000)
    const [recorded, replayed] = [text(`${same}b${same}`), text(`${same}c`)]
    const shown = showDifference({ connection: 3, recorded, replayed })
    const before = 'a'.repeat(40)
    expect(shown).toBe(
      [
        'connection 3, 1.234 s',
        `  recorded: text …${before}b${'a'.repeat(159)}…`,
        `  replayed: text …${before}c`,
        '',
      ].join('\n'),
    )
  })

  test('shows what came beyond the recording, and why a connection was not opened', () => {
    expect(showDifference({ connection: 1, recorded: undefined, replayed: text('more') })).toBe(
      'connection 1, 1.234 s\n  recorded: nothing\n  replayed: text more\n',
    )
    const error = new Error('refused\n')
    expect(
      showDifference({ connection: 1, recorded: text('a'), replayed: undefined, error }),
    ).toMatch(/replayed: refused\\n\n$/)
  })
})
