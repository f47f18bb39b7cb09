import type { Socket } from 'node:net'

const INNER = ['_read', '_write', '_writeGeneric']

/**
 * Whether somebody has replaced how this very socket reads or writes. What nock and other tools for tests hand out passes
 * everything on to another socket, later: its handle carries nothing, and what is written to it is kept for a while.
 */
export function isRerouted(socket: Socket): boolean {
  return INNER.some((name) => Object.hasOwn(socket, name))
}
