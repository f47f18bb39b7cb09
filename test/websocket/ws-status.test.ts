import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { WsStatus } from '../../src/websocket/ws-status.ts'

it('WsStatus has the codes of http4k, each a CloseReason', () => {
  const codes = Object.entries(WsStatus).map(([name, status]) => [name, status.code])
  expect(Object.fromEntries(codes)).toEqual({
    NORMAL: 1000,
    GOING_AWAY: 1001,
    PROTOCOL_ERROR: 1002,
    REFUSE: 1003,
    NOCODE: 1005,
    ABNORMAL_CLOSE: 1006,
    NO_UTF8: 1007,
    POLICY_VALIDATION: 1008,
    TOOBIG: 1009,
    EXTENSION: 1010,
    UNEXPECTED_CONDITION: 1011,
    SERVICE_RESTART: 1012,
    TRY_AGAIN_LATER: 1013,
    TLS_ERROR: 1015,
    NEVER_CONNECTED: -1,
    BUGGYCLOSE: -2,
    FLASHPOLICY: -3,
  })
  for (const status of Object.values(WsStatus)) expect(status).toBeInstanceOf(CloseReason)
  expect(new CloseReason(1000, 'any text').is(WsStatus.NORMAL)).toBe(true)
})

it('has the names that the documentation gives, as has CloseReason', () => {
  const page = readFileSync(new URL('../../docs/servers.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (1\d{3}) \|.*\| `(\w+)` \| `(\w+)` \|$/gm)]
  expect(rows).toHaveLength(11)
  const reasons = new Map<string, unknown>(Object.entries(CloseReason))
  const statuses = new Map<string, unknown>(Object.entries(WsStatus))
  for (const [, code, reason = '', status = ''] of rows) {
    expect(reasons.get(reason), reason).toMatchObject({ code: Number(code) })
    expect(statuses.get(status), status).toMatchObject({ code: Number(code) })
  }
})
