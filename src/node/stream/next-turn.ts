import timers from 'node:timers'

/**
 * Node's `setImmediate`, as it is when this is loaded. Output waits for it, and the global one is none in a DOM, and never
 * calls where a test fakes timers: connections would fall silent.
 */
export const nextTurn: (fn: () => void) => unknown = timers.setImmediate
