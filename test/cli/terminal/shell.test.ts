import { afterEach, expect, test, vi } from 'vitest'
import { onInterrupt } from '../../../src/cli/terminal/shell.ts'
import { FakeShell } from '../../support/fake-shell.ts'

afterEach(() => void vi.restoreAllMocks())

test('signals that come together are one', () => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(1_000)
  const shell = new FakeShell()
  let count = 0
  const remove = onInterrupt(shell, () => count++)
  shell.emit('SIGINT')
  shell.emit('SIGINT')
  shell.emit('SIGTERM')
  expect(count).toBe(1)
  now.mockReturnValue(1_200)
  shell.emit('SIGTERM')
  expect(count).toBe(2)
  remove()
  now.mockReturnValue(2_000)
  shell.emit('SIGINT')
  expect(count).toBe(2)
})
