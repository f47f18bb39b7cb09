import { expect, it } from 'vitest'
import { keptOf } from '../../support/collect-garbage.ts'
import { Machine } from '../../support/machine.ts'

it('a spare reader keeps no connection alive', async () => {
  expect(await keptOf(idleConnection())).toBeUndefined()
})

function idleConnection(): WeakRef<object> {
  const machine = new Machine({ role: 'client' })
  machine.receive('81 01 61')
  return new WeakRef(machine.connection)
}
