import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressOn } from '../../../src/cli/load/progress.ts'
import { FakeShell } from '../../support/fake-shell.ts'
import { loadOn } from '../../support/load-rig.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('a terminal has one line about what goes on, renewed all the time, and then taken away', async () => {
  const shell = new FakeShell()
  shell.stderr.isTTY = true
  const load = loadOn('ws://a/')
  const progress = progressOn(shell)
  progress.phase('sending', load)
  Object.assign(load.tally, { open: 2, sent: 1_000, received: 900 })
  vi.advanceTimersByTime(500)
  progress.end()
  progress.end()
  vi.advanceTimersByTime(5_000)
  await shell.errors.until(/\(2,000\/s\)\r.*K$/)
  const lines = shell.errors.text.split('\r\u001b[2K')
  expect(lines).toEqual([
    '',
    'sending: 0 of 2 open, 0 received, 0 sent (0/s)',
    'sending: 2 of 2 open, 900 received, 1,000 sent (2,000/s)',
    '',
  ])
})

test('nothing is shown where nobody looks', () => {
  const shell = new FakeShell()
  const progress = progressOn(shell)
  progress.phase('opening', loadOn('ws://a/'))
  progress.end()
  expect(shell.stderr.readableLength).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('the line is cut to the width of the terminal, since only one row can be taken away', () => {
  const shell = new FakeShell()
  shell.stderr.isTTY = true
  shell.stderr.columns = 20
  const progress = progressOn(shell)
  progress.phase('sending', loadOn('ws://a/'))
  progress.end()
  expect(shell.errors.text).toContain('\r\u001b[2Ksending: 0 of 2 ope\r')
})
