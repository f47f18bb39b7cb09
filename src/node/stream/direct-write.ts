import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { getSystemErrorName } from 'node:util'

/**
 * Node's streams do more work for each write than a message takes, and few writes need it: the system mostly takes the
 * bytes at once. This hands them to the socket's handle, as Node does, and leaves to the stream only what the system does
 * not take at once. It uses internals of Node: where they are not as expected, or with `ANTIPHON_DIRECT_WRITE=0` in the
 * environment, it declines, and the stream's `write` is used.
 */

type Written = (error?: Error | null) => void

/** Node's object for a write that is not done at once. */
interface WriteRequest {
  readonly constructor: new () => WriteRequest
  async: boolean
  /** Negative, except while the write is under way. */
  getAsyncId(): number
  /** Called with 0, or the code of an error. */
  oncomplete: (status: number) => void
  /** Kept alive until then. */
  buffer: Uint8Array
}

interface WritableHandle {
  /** Returns an error code, or 0. From Node 26 on, it takes `null`, and returns a request if the write is under way. */
  writeBuffer(request: WriteRequest | null, bytes: Uint8Array): number | WriteRequest
  /** Bytes that wait. Only the handles of TCP and local sockets have it. */
  readonly writeQueueSize: number
}

/** What a socket has and other streams do not. */
interface SocketParts {
  /** `null` once it is destroyed. */
  readonly _handle: WritableHandle | null
  readonly timeout: number
}

/** Begins a write. Returns 0 if it is done, an error code, or the request of a write that is under way. */
type Begin = (handle: WritableHandle, bytes: Uint8Array) => number | WriteRequest

const socketPrototype = Socket.prototype
const originalWrite = Writable.prototype.write
const isNode = process.versions.bun === undefined && process.versions.deno === undefined

/** `undefined` until `learn` has seen Node write, `null` if Node writes in an unexpected way. */
let begin: Begin | null | undefined = isNode ? undefined : null

/** The write that `passOn` is handing over to a stream. */
let begun: WriteRequest | undefined

/**
 * Whether `stream.write` is still Node's own. Whoever has replaced it wants to see all that is written, and may write it
 * later.
 */
export function hasOriginalWrite(stream: Writable): boolean {
  return stream.write === originalWrite
}

/** Whether `writeDirectly` may be used, unless methods of the socket are replaced: for a connected TCP or local socket. */
export function mayWriteDirectly(stream: Writable): boolean {
  if (begin === null || process.env.ANTIPHON_DIRECT_WRITE === '0') return false
  if (Object.getPrototypeOf(stream) !== socketPrototype) return false
  // Not by `Reflect`, which V8 does not optimize.
  const { writeBuffer, writeQueueSize } = Object(Object(stream)._handle)
  return typeof writeBuffer === 'function' && typeof writeQueueSize === 'number'
}

/**
 * Writes `bytes`, which must not change any more. False, with nothing written, if `write` has to be used. What the system
 * refuses is an error of the socket.
 */
export function writeDirectly(socket: Writable & Partial<SocketParts>, bytes: Uint8Array): boolean {
  // Each write has to restart a timeout.
  if (socket.writableLength > 0 || socket.writableCorked > 0 || socket.timeout) return false
  if (!hasOriginalWrite(socket)) return false
  const { _handle: handle } = socket
  if (handle == null || begin === null) return false
  if (begin === undefined) {
    begin = learn(socket, handle, bytes)
    return true
  }
  const request = begin(handle, bytes)
  // Not left to the stream: the system reports a reset only once, and calls the next write a broken pipe.
  if (typeof request === 'object') passOn(socket, request, bytes)
  else if (request !== 0) socket.destroy(failure(request))
  return true
}

/** Makes the stream wait for a write that is under way, as if it had begun the write itself. */
function passOn(socket: Writable, request: WriteRequest, bytes: Uint8Array): void {
  request.async = true
  request.buffer = bytes
  begun = request
  socket._write = continueWrite
  socket.write(bytes)
}

function continueWrite(
  this: Writable,
  bytes: unknown,
  encoding: BufferEncoding,
  done: Written,
): void {
  if (begun === undefined) socketPrototype._write.call(this, bytes, encoding, done)
  else begun.oncomplete = (status) => done(status < 0 ? failure(status) : null)
  begun = undefined
}

/** The error that Node would report. */
function failure(errno: number): Error {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`write ${code}`), { errno, code, syscall: 'write' })
}

/** Lets Node write `bytes`, and watches how it does that. */
function learn(socket: Writable, handle: WritableHandle, bytes: Uint8Array): typeof begin {
  const { writeBuffer } = handle
  let seen: WriteRequest | null | undefined
  handle.writeBuffer = (request, written) => {
    const outcome = writeBuffer.call(handle, request, written)
    if (outcome === 0 || typeof outcome === 'object') seen = request
    return outcome
  }
  socket.write(bytes)
  Reflect.deleteProperty(handle, 'writeBuffer')
  if (seen == null) return seen === null ? beginOnly : undefined
  const expected = seen.constructor.name === 'WriteWrap' && seen.async === isUnderWay(seen)
  return expected ? beginWith(seen.constructor) : null
}

/**
 * Whether Node has kept the request, and will call it. An empty queue does not tell: a peer may have read the rest
 * meanwhile, and Node ends the process when a request that it has kept is used again.
 */
function isUnderWay(request: WriteRequest): boolean {
  return request.getAsyncId() >= 0
}

const beginOnly: Begin = (handle, bytes) => handle.writeBuffer(null, bytes)

function beginWith(Request: new () => WriteRequest): Begin {
  let spare: WriteRequest | undefined
  return (handle, bytes) => {
    const request = spare ?? new Request()
    spare = undefined
    const outcome = handle.writeBuffer(request, bytes)
    if (outcome !== 0 || isUnderWay(request)) return outcome || request
    spare = request
    return 0
  }
}
