import { describe, expect, it } from 'vitest'
import { behaviour } from '../../conformance/suite/all.ts'
import { autofragment } from '../../conformance/suite/autofragment.ts'
import { groupOf } from '../../conformance/suite/case.ts'
import type { Cut } from '../../conformance/tester/cut.ts'
import { runCase } from '../../conformance/tester/run-case.ts'
import { nodePorts } from '../../src/node/stream/ports.ts'
import { portablePorts } from '../../src/protocol/bytes/ports.ts'
import { MemoryWire } from './memory-wire.ts'

const cases = [...behaviour, ...autofragment]
const groups = [...new Set(cases.map(({ id }) => groupOf(id)))]
const cuts: readonly Cut[] = ['as is', 'octets', 'random']

describe.each(['server', 'client'] as const)('a %s', (role) => {
  it.each(groups)('does all that the cases %s ask for, however they are cut', async (group) => {
    const wrong: unknown[] = []
    for (const test of cases.filter(({ id }) => groupOf(id) === group)) {
      for (const cut of cuts) {
        for (const ports of [portablePorts, nodePorts]) {
          const verdict = await runCase(test, new MemoryWire(role, ports), cut)
          const right = test.expect.end.kind === 'any' ? 'INFORMATIONAL' : 'OK'
          if (verdict.outcome !== right) wrong.push({ id: test.id, cut, ...verdict })
        }
      }
    }
    expect(wrong).toEqual([])
  })
})
