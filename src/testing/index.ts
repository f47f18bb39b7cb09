export type { TransportHandler } from '../websocket/transport.ts'
export {
  type AppContext,
  type EngineSetting,
  inMemory,
  onServer,
  type ServerBackend,
} from './backends.ts'
export { readCassette } from './cassette.ts'
export {
  type ChaosTransportOptions,
  chaosTransport,
  type TransportPair,
} from './chaos-transport.ts'
export {
  type ClientContext,
  clientContract,
  type TappedClient,
} from './contract/client-contract.ts'
export type { ClientOptions } from './contract/clients.ts'
export {
  type Backend,
  type Capability,
  type ContractCase,
  type ContractSetting,
  type ContractTest,
  contractTests,
} from './contract/contract.ts'
export { contractApp, contractAppWithFrames } from './contract/contract-app.ts'
export { type ServerContext, serverContract } from './contract/server-contract.ts'
export {
  sessionContract,
  sessionContractApp,
  sessionContractAppWithFrames,
} from './contract/session-contract.ts'
export { type Expected, expectClosed, expectMessages, expectRefused } from './expectations.ts'
export { type Leak, type LeakCheck, LeakError, leakCheck, withLeakCheck } from './leaks.ts'
export { type WebSocketMatchers, webSocketMatchers } from './matchers.ts'
export type { TransportEnd } from './memory-transport.ts'
export type { Receiver } from './messages-verdict.ts'
export type { OfflineOptions, TestApp, TestRequest } from './offline-options.ts'
export { type ReplayOptions, replay } from './replay.ts'
export type { ReplayDifference } from './replayed-connection.ts'
export {
  type TestDurableObject,
  type TestObjectOptions,
  testDurableObject,
} from './test-durable-object.ts'
export {
  TestSessionClient,
  type TestSessionClientConfig,
  testSessionClient,
} from './test-session-client.ts'
export { type TestWebsocketFactory, testWebsocketFactory } from './test-websocket-factory.ts'
export { type TestWsClient, testWsClient } from './test-ws-client.ts'
export { ExpectationError, type ExpectOptions } from './verdict.ts'
export { VirtualClock } from './virtual-clock.ts'
