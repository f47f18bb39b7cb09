import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { follow } from '../support/follow-schedule.ts'
import { FILTERS, schedules } from '../support/session-schedule.ts'

describe.each(Object.entries(FILTERS).slice(4,6))(
  'whatever both ends of a connection do, sessions behind %s, raw or not, or over raw ones,',
  (_, behind) => {
    test.each(['server', 'client'] as const)(
      'at the %s, lose, double and swap nothing, and are both told of the same end',
      async (at) => {
        await fc.assert(
          fc.asyncProperty(schedules, async (schedule) => {
            expect(await follow(schedule, behind, at)).toEqual([])
          }),
          { numRuns: 4000 },
        )
      },
    )
  },
)
