export type { OfflineOptions } from './offline-upgrade.ts'
export { testWsClient } from './test-ws-client.ts'
