import { expect, test } from 'vitest'
import { textOf } from '../../src/filters/passing.ts'
import { Frame } from '../../src/protocol/frame/frame.ts'

test('a fragment has no text, since it may end within a character', () => {
  expect(textOf(new Frame.Text('a', false))).toBeUndefined()
  expect(textOf(new Frame.Text('a'))).toBe('a')
})
