import { addressCases } from './cases/address-cases.ts'
import { closeCases } from './cases/close-cases.ts'
import { flowCases } from './cases/flow-cases.ts'
import { frameCases } from './cases/frame-cases.ts'
import { limitCases } from './cases/limit-cases.ts'
import { messageCases } from './cases/message-cases.ts'
import { upgradeCases } from './cases/upgrade-cases.ts'
import type { ContractCase } from './contract.ts'
import type { ServerContext } from './server-context.ts'

/** What every server does. */
export const serverContract: readonly ContractCase<ServerContext>[] = [
  ...messageCases,
  ...upgradeCases,
  ...addressCases,
  ...closeCases,
  ...flowCases,
  ...limitCases,
  ...frameCases,
]
