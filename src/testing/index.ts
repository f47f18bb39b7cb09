export { type ClientContext, clientContract } from './contract/client-contract.ts'
export type { ClientOptions } from './contract/clients.ts'
export {
  type Backend,
  type Capability,
  type ContractCase,
  type ContractTest,
  contractTests,
} from './contract/contract.ts'
export { contractApp, contractAppWithFrames } from './contract/contract-app.ts'
export { type ServerContext, serverContract } from './contract/server-contract.ts'
export type { OfflineOptions } from './offline-options.ts'
export { testWsClient } from './test-ws-client.ts'
