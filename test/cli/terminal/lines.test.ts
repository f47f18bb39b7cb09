import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linesOf } from '../../../src/cli/terminal/lines.ts'
import { bytes } from '../../support/hex.ts'

async function lines(...chunks: readonly Uint8Array[]): Promise<string[]> {
  async function* input(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  const all: string[] = []
  for await (const line of linesOf(input())) all.push(line)
  return all
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('linesOf', () => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    ['\n\n', ['', '']],
    ['a\n\n', ['a', '']],
    ['', []],
    ['a\rb\u2028c\u2029d\n', ['a\rb\u2028c\u2029d']],
    ['\ufeffa\n', ['\ufeffa']],
  ])('of %j are %j', async (text, expected) => {
    expect(await lines(utf8(text))).toEqual(expected)
  })

  test('are the same wherever the input is cut', async () => {
    const text = utf8('é€😀\r\n\nab\r\n')
    const cuts = fc.array(fc.nat({ max: text.length }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const marks = [0, ...at.toSorted((a, b) => a - b), text.length]
        const chunks = marks.slice(1).map((end, i) => text.slice(marks[i], end))
        expect(await lines(...chunks)).toEqual(['é€😀', '', 'ab'])
      }),
    )
  })

  test('refuse to be longer than can be', async () => {
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 20; i++) yield utf8('a'.repeat(10))
    }
    await expect(linesOf(long(), { longest: 99 }).next()).rejects.toThrow(
      new TypeError(
        'the input has a line of more than 99 characters: --message @FILE sends any file',
      ),
    )
  })

  test.each([
    ['in the middle', '61 ff 0a'],
    ['cut off at the end', '61 e2 82'],
  ])('refuse what is not UTF-8, %s', async (_, digits) => {
    await expect(lines(bytes(digits))).rejects.toThrow(
      new TypeError(
        'the input is not UTF-8, which its lines must be: --message @FILE sends any file',
      ),
    )
  })
})
