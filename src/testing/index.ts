export type { TransportHandler } from '../websocket/socket/transport.ts'
export {
  type AppContext,
  type EngineSetting,
  inMemory,
  onServer,
  type ServerBackend,
} from './backends.ts'
export { type Leak, type LeakCheck, LeakError, leakCheck, withLeakCheck } from './clock/leaks.ts'
export { VirtualClock } from './clock/virtual-clock.ts'
export type { ClientContext, TappedClient } from './contract/client-context.ts'
export { clientContract } from './contract/client-contract.ts'
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
export type { ServerContext } from './contract/server-context.ts'
export { serverContract } from './contract/server-contract.ts'
export {
  sessionContract,
  sessionContractApp,
  sessionContractAppWithFrames,
} from './contract/session-contract.ts'
export { type TopicLogContext, topicLogContract } from './contract/topic-log-contract.ts'
export {
  type TestDurableObject,
  type TestObjectOptions,
  testDurableObject,
} from './durable-object/test-durable-object.ts'
export {
  type Expected,
  expectClosed,
  expectMessages,
  expectRefused,
} from './expect/expectations.ts'
export { type WebSocketMatchers, webSocketMatchers } from './expect/matchers.ts'
export type { Receiver } from './expect/messages-verdict.ts'
export { ExpectationError, type ExpectOptions } from './expect/verdict.ts'
export {
  type ChaosTransportOptions,
  chaosTransport,
  type TransportPair,
} from './offline/chaos-transport.ts'
export { type MemoryLog, type MemoryLogOptions, memoryLog } from './offline/memory-log.ts'
export type { TransportEnd } from './offline/memory-transport.ts'
export type { OfflineOptions, TestApp, TestRequest } from './offline/offline-options.ts'
export {
  TestSessionClient,
  type TestSessionClientConfig,
  testSessionClient,
} from './offline/test-session-client.ts'
export {
  type TestWebsocketFactory,
  testWebsocketFactory,
} from './offline/test-websocket-factory.ts'
export { type TestWsClient, testWsClient } from './offline/test-ws-client.ts'
export { readCassette } from './replay/cassette.ts'
export { type ReplayOptions, replay } from './replay/replay.ts'
export type { ReplayDifference } from './replay/replayed-connection.ts'
