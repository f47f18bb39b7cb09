export {
  type DurableObjectHandlers,
  type DurableObjectOptions,
  durableObject,
} from './durable-object.ts'
export { type Hibernatable, type HibernatableOptions, hibernatable } from './hibernatable.ts'
export type {
  DurableSocket,
  HibernatableHandlers,
  HibernatableSocket,
} from './hibernatable-socket.ts'
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
