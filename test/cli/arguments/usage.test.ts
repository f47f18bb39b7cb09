import { describe, expect, test } from 'vitest'
import { integer } from '../../../src/cli/arguments/kinds.ts'
import { flag, one } from '../../../src/cli/arguments/options.ts'
import { usageOf } from '../../../src/cli/arguments/usage.ts'

const echo = {
  name: 'echo',
  summary: 'serves an echo',
  positionals: '',
  options: { port: one('N', integer(0), 'the port'), deflate: flag('compresses') },
}

describe('usageOf', () => {
  test('shows the call, the summary and the options in two columns', () => {
    expect(usageOf(echo)).toBe(
      [
        'antiphon echo [options]',
        '',
        'Serves an echo.',
        '',
        '  --port N   the port',
        '  --deflate  compresses',
        '',
      ].join('\n'),
    )
  })

  test('shows positionals and notes', () => {
    const text = usageOf({ ...echo, positionals: 'URL', notes: 'Ctrl-C ends it.' })
    expect(text).toMatch(/^antiphon echo URL \[options\]\n/)
    expect(text).toMatch(/compresses\n\nCtrl-C ends it\.\n$/)
  })
})
