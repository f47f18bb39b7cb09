export {
  type DurableObjectHandlers,
  type DurableObjectOptions,
  durableObject,
} from './durable-object.ts'
export {
  type DurableSocket,
  type Hibernatable,
  type HibernatableHandlers,
  type HibernatableOptions,
  type HibernatableSocket,
  hibernatable,
} from './hibernatable.ts'
export { executionContext, type Worker, type WorkerOptions, worker } from './worker.ts'
export {
  type WorkersLacks,
  type WorkersSocket,
  type WorkersWebSockets,
  workersTraits,
} from './workers-engine.ts'
export type {
  DurableObjectState,
  ExecutionContext,
  WorkersSocketEvents,
  WorkersWebSocket,
} from './workers-runtime.ts'
