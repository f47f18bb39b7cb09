import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { getSystemErrorName } from 'node:util'

/**
 * What Node's streams do for each write costs more than a message does, and few writes need it: the system mostly takes
 * them at once. This hands bytes to the socket's handle as Node does it, and leaves to the stream only what the system
 * does not take. Where the parts of Node it stands on are not all there, or with `ANTIPHON_DIRECT_WRITE=0` in the
 * environment, it declines, and the stream's `write` serves instead.
 */

type Written = (error?: Error | null) => void

/** What stands for a write that takes its time. */
interface WriteRequest {
  readonly constructor: new () => WriteRequest
  async: boolean
  /** Negative unless the system has begun it, and has not said yet how it ended. */
  getAsyncId(): number
  /** Called with 0, or the code of an error. */
  oncomplete: (status: number) => void
  /** What has to be kept until then. */
  buffer: Uint8Array
}

interface WritableHandle {
  /** The code of an error, or 0. From Node 26 on without a request: the one that it made, if the write takes its time. */
  writeBuffer(request: WriteRequest | null, bytes: Uint8Array): number | WriteRequest
  /** What only the system's own streams have: bytes that wait. */
  readonly writeQueueSize: number
}

/** What a socket has that other streams have not. */
interface SocketParts {
  /** `null` once it is destroyed. */
  readonly _handle: WritableHandle | null
  readonly timeout: number
}

/** Begins a write: 0 when it is done, the code of an error, or what stands for it. */
type Begin = (handle: WritableHandle, bytes: Uint8Array) => number | WriteRequest

const itsOwn = Socket.prototype
const isNode = process.versions.bun === undefined && process.versions.deno === undefined

/** `undefined` until Node was seen writing, `null` where it does so in another way. */
let begin: Begin | null | undefined = isNode ? undefined : null

/** The write that the system has begun and a stream is being told of. */
let begun: WriteRequest | undefined

/**
 * False once somebody has put a `write` in the place of Node's, in this stream or in all sockets: it is to hear of all
 * that is written, and it may write it later.
 */
export function writesItself(stream: Writable): boolean {
  return stream.write === Writable.prototype.write
}

/** Whether `writeDirectly` may serve for `stream`: a connected TCP or local socket whose writes nobody has taken over. */
export function mayWriteDirectly(stream: Writable): boolean {
  if (begin === null || process.env.ANTIPHON_DIRECT_WRITE === '0') return false
  if (Object.getPrototypeOf(stream) !== itsOwn) return false
  if (!writesItself(stream) || stream._write !== itsOwn._write) return false
  const { writeBuffer, writeQueueSize } = Object(Reflect.get(stream, '_handle'))
  return typeof writeBuffer === 'function' && typeof writeQueueSize === 'number'
}

/** Writes `bytes`, from now on the socket's; false, with nothing written, when `write` has to do it. */
export function writeDirectly(socket: Writable & Partial<SocketParts>, bytes: Uint8Array): boolean {
  // A timeout has to hear of each write.
  if (socket.writableLength > 0 || socket.writableCorked > 0 || socket.timeout) return false
  if (!writesItself(socket)) return false
  const { _handle: handle } = socket
  if (handle == null || begin === null) return false
  if (begin === undefined) {
    begin = learn(socket, handle, bytes)
    return true
  }
  const request = begin(handle, bytes)
  // A write that failed has written nothing: it is tried again by Node, which says why.
  if (typeof request === 'number') return request === 0
  passOn(socket, request, bytes)
  return true
}

/** Has the stream wait for the rest of a write, as if it had begun it. */
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
  if (begun === undefined) itsOwn._write.call(this, bytes, encoding, done)
  else begun.oncomplete = (status) => done(status < 0 ? failure(status) : null)
  begun = undefined
}

/** As Node tells it. */
function failure(errno: number): Error {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`write ${code}`), { errno, code, syscall: 'write' })
}

/** Has Node write `bytes`, and looks at how it does that. */
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
  const expected = seen.constructor.name === 'WriteWrap' && seen.async === isKept(seen)
  return expected ? beginWith(seen.constructor) : null
}

/**
 * Whether Node has kept it, and will call it. That nothing is queued does not tell: a peer that reads meanwhile may have
 * made room for the rest, and Node ends the process when it is given again what it has kept.
 */
function isKept(request: WriteRequest): boolean {
  return request.getAsyncId() >= 0
}

const beginOnly: Begin = (handle, bytes) => handle.writeBuffer(null, bytes)

function beginWith(Request: new () => WriteRequest): Begin {
  let spare: WriteRequest | undefined
  return (handle, bytes) => {
    const request = spare ?? new Request()
    spare = undefined
    const outcome = handle.writeBuffer(request, bytes)
    if (outcome !== 0 || isKept(request)) return outcome || request
    spare = request
    return 0
  }
}
