import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionsOf, readRecording } from '../../../src/cli/replay/recording.ts'
import type { TrafficEntry } from '../../../src/filters/traffic-entry.ts'

let path: string
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'antiphon-')), 'recording')
})
afterAll(() => rmSync(join(path, '..'), { recursive: true }))

function reading(entries: readonly TrafficEntry[]): Promise<readonly TrafficEntry[]> {
  writeFileSync(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
  return readRecording(path, () => {})
}

function open(connection: number): TrafficEntry {
  const request = { method: 'GET', url: 'http://a/', headers: [], protocol: '' }
  return { connection, at: 0, kind: 'open', ...request }
}

function message(connection: number, text: string): TrafficEntry {
  return { connection, at: 1, kind: 'message', direction: 'in', mode: 'text', text }
}

describe('readRecording', () => {
  test('gives each connection a number of its own, and leaves out faults', async () => {
    const entries = await reading([
      open(1),
      open(7),
      message(7, 'a'),
      { connection: 1, at: 1, kind: 'error', name: 'Error', message: '' },
      message(1, 'b'),
      open(1),
      message(1, 'c'),
    ])
    expect(connectionsOf(entries)).toEqual([
      { open: open(1), entries: [message(1, 'b')] },
      { open: open(2), entries: [message(2, 'a')] },
      { open: open(3), entries: [message(3, 'c')] },
    ])
  })

  test.each<[string, TrafficEntry[], RegExp]>([
    ['nothing', [], /cannot be replayed: it is empty$/],
    ['no opening', [message(1, 'a')], /it has no opening of connection 1$/],
    [
      'fragments',
      [open(1), { ...message(1, 'a'), fin: false } as TrafficEntry],
      /it has single frames/,
    ],
  ])('refuses %s', async (_, entries, why) => {
    await expect(reading(entries)).rejects.toThrow(why)
    await expect(reading(entries)).rejects.toMatchObject({ exitCode: 2 })
  })

  test('refuses what is no recording, and no file', async () => {
    writeFileSync(path, 'hello\n')
    await expect(readRecording(path, () => {})).rejects.toThrow(
      /line 1 of the cassette is not JSON: hello$/,
    )
    writeFileSync(path, Uint8Array.of(0xff))
    await expect(readRecording(path, () => {})).rejects.toThrow(/it has no lines of UTF-8/)
    await expect(readRecording(`${path}s`, () => {})).rejects.toThrow(/^cannot read '/)
  })

  test('leaves out a last line that was cut, and tells', async () => {
    const whole = `${JSON.stringify(open(1))}\n${JSON.stringify(message(1, 'a'))}\n`
    const told: string[] = []
    const read = (content: string | Uint8Array): Promise<readonly TrafficEntry[]> => {
      writeFileSync(path, content)
      return readRecording(path, (line) => told.push(line))
    }
    expect(await read(whole)).toHaveLength(2)
    expect(told).toEqual([])
    expect(await read(whole.slice(0, -10))).toEqual([open(1)])
    expect(told).toEqual([
      expect.stringMatching(/line 2 of the cassette is not JSON: .*: left out/),
    ])
    const umlaut = Buffer.from(`${whole}{"text":"ä`)
    expect(await read(umlaut.subarray(0, -1))).toHaveLength(2)
    expect(told).toEqual([expect.anything(), expect.stringMatching(/line 3 .*"text":": left out/)])
    await expect(read(`${whole.slice(0, -10)}\n${whole}`)).rejects.toThrow('line 2 of the cassette')
    await expect(read(whole.slice(0, 10))).rejects.toThrow('line 1 of the cassette')
  })
})
