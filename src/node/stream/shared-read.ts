import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import { readBuffer } from './read-buffer.ts'
import { isRerouted } from './rerouted.ts'

/**
 * Node reads a socket into a buffer of its own for every chunk, unless the socket was made with `onread`, which takes
 * one buffer for all of them. Accepted sockets cannot be made so by public means; this does what `onread` does. It uses
 * internals of Node: where they are not as expected, or with `ANTIPHON_SHARED_READ=0` in the environment, it declines,
 * and `data` events are used.
 */

interface UserBufferHandle {
  useUserBuffer(buffer: Uint8Array): void
}

/** What a socket keeps to itself. */
interface SocketParts {
  readonly _handle: unknown
  [key: symbol]: unknown
}

interface ReadSymbols {
  readonly buffer: symbol
  readonly callback: symbol
}

/** Takes a socket's chunks: called by Node with the socket as `this`; `false` stops reading. */
export type ReadCallback = (this: Socket, bytes: number, buffer: Uint8Array) => boolean

const symbols = findSymbols()

/** Reads `socket` into the shared buffer; false when this Node, or this kind of socket, does not allow it. */
export function readShared(socket: Socket, callback: ReadCallback): boolean {
  if (symbols === undefined || socket.constructor !== Socket || isRerouted(socket)) return false
  // A listener that is there already, such as one that counts bytes, would get no more events.
  if (socket.listenerCount('data') > 0) return false
  const buffer = readBuffer()
  // Only once for each handle, which keeps every buffer that it is given.
  const parts = partsOf(socket)
  const has = parts[symbols.buffer] === buffer
  if (!has && !giveBuffer(parts, symbols.buffer, buffer)) return false
  parts[symbols.callback] = callback
  return true
}

function giveBuffer(parts: SocketParts, key: symbol, buffer: Uint8Array): boolean {
  const handle = parts._handle
  if (turnedOff() || !takesUserBuffer(handle)) return false
  parts[key] = buffer
  handle.useUserBuffer(buffer)
  return true
}

/** On Deno, a variable cannot be read without a permission that few programs have, and asking for it may ask the user. */
function turnedOff(): boolean {
  return process.versions.deno === undefined && process.env.ANTIPHON_SHARED_READ === '0'
}

/** Makes a socket that `readShared` reads a stream again, with chunks of its own. */
export function readAsStream(socket: Socket): void {
  if (symbols === undefined) return
  const parts = partsOf(socket)
  if (parts[symbols.buffer]) parts[symbols.callback] = pushCopy
}

function pushCopy(this: Socket, bytes: number, buffer: Uint8Array): boolean {
  return this.push(Buffer.from(buffer.subarray(0, bytes)))
}

/** Not by `Reflect`, which V8 does not optimize. */
function partsOf(socket: Socket): SocketParts {
  return Object(socket)
}

function takesUserBuffer(handle: unknown): handle is UserBufferHandle {
  return typeof Object(handle).useUserBuffer === 'function'
}

/** The symbols under which a socket keeps what `onread` gave it; `undefined` unless all are as expected. */
function findSymbols(): ReadSymbols | undefined {
  const own = Object.getOwnPropertySymbols(new Socket())
  const find = (name: string): symbol | undefined => own.find((s) => s.description === name)
  const buffer = find('kBuffer')
  const callback = find('kBufferCb')
  return buffer && callback && find('kBufferGen') && { buffer, callback }
}
