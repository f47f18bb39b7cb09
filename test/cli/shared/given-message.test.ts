import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { givenMessage } from '../../../src/cli/shared/given-message.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'antiphon-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('givenMessage', () => {
  test('is the argument, as text or as bytes', async () => {
    const text = await givenMessage('wörld', false)
    expect([text.mode, text.text(), text.byteLength]).toEqual(['text', 'wörld', 6])
    const bytes = await givenMessage('wörld', true)
    expect([bytes.mode, bytes.text()]).toEqual(['binary', 'wörld'])
  })

  test('is what is in a file, unchanged', async () => {
    const path = join(folder, 'bytes')
    writeFileSync(path, Uint8Array.of(0xff, 0x0a))
    expect([...(await givenMessage(`@${path}`, true)).bytes()]).toEqual([0xff, 0x0a])
    await expect(givenMessage(`@${path}`, false)).rejects.toThrow(/is not UTF-8.*--binary$/)
  })

  test('says which file it cannot read', async () => {
    await expect(givenMessage(`@${folder}/none`, false)).rejects.toThrow(/^cannot read '.*none': /)
  })
})
