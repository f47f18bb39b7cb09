import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { CLIENT_LIMITS, SERVER_LIMITS } from '../src/protocol/frame/limits.ts'
import { SOCKET_DEFAULTS } from '../src/websocket/socket/socket-settings.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')

/** What the table says of an option. */
function defaultOf(option: string): string {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${option}\``))
  return row?.split('|')[2]?.trim() ?? ''
}

describe('SECURITY.md', () => {
  test('names every attack that has a test, and only tests that are there', () => {
    const named: readonly string[] = page.match(/test\/[\w/-]+\.test\.ts/g) ?? []
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    const attacks = readdirSync(join(ROOT, 'test/attacks')).map((file) => `test/attacks/${file}`)
    expect(attacks.filter((path) => !named.includes(path))).toEqual([])
  })

  test('says the defaults as they are', () => {
    const mib = (bytes: number): string => `${bytes / 1024 / 1024} MiB`
    const count = (number: number): string => number.toLocaleString('en')
    const { inboundMark, closeTimeout, maxBufferedAmount, pongTimeout, pingInterval } =
      SOCKET_DEFAULTS
    expect(defaultOf('maxMessageSize')).toBe(
      `server ${mib(SERVER_LIMITS.maxMessageSize)}, client ${mib(CLIENT_LIMITS.maxMessageSize)}`,
    )
    expect(defaultOf('maxEmptyFragments')).toBe(count(SERVER_LIMITS.maxEmptyFragments))
    expect(defaultOf('maxPendingPongs')).toBe(count(SERVER_LIMITS.maxPendingPongs))
    expect(defaultOf('maxBufferedAmount')).toBe(mib(maxBufferedAmount))
    expect(defaultOf('inboundMark')).toBe(
      `${mib(inboundMark.bytes)} or ${inboundMark.messages} messages`,
    )
    expect(defaultOf('closeTimeout')).toBe(count(closeTimeout))
    expect(defaultOf('pingInterval')).toBe(`off, ${count(pongTimeout)}`)
    expect(pingInterval).toBe(0)
  })
})
