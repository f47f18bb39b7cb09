import type { Server, Socket } from 'node:net'
import { copyBytes } from '../../protocol/bytes/bytes.ts'
import { plainGet } from '../../protocol/handshake/request-head.ts'
import { checkBody, isWholeUpgrade } from '../../protocol/handshake/server-handshake.ts'
import { latin1Text } from '../bytes/buffer-text.ts'
import type { HttpSettings } from '../http/http-server.ts'
import { readAsStream, readShared } from '../stream/shared-read.ts'
import { hush } from './hush.ts'
import { silentConnections } from './silent-connections.ts'
import { MOST_HEADERS, UpgradeSource } from './upgrade-source.ts'

/**
 * Reads the first request of each connection: an upgrade to WebSocket that comes in one piece, and that `plainGet` can
 * read, goes to `take`. All other connections are handed to Node as if nobody had looked at them. This saves the
 * parser, the message and the dozen listeners that Node makes before it emits an upgrade: a quarter of a handshake's
 * cost. Call this when all other listeners for connections are set. The function returned drops silent connections.
 */
export function plainUpgrades(
  http: Server,
  { tls, http2, maxHeaderSize, checkingInterval }: HttpSettings,
  take: (source: UpgradeSource, stream: Socket, head: Uint8Array) => void,
): () => void {
  const event = tls !== undefined ? 'secureConnection' : 'connection'
  const listeners = http.listeners(event)
  // Deno has no such listener; Bun has one, but has read the request already when it calls it. With HTTP/2, it also has
  // those connections.
  const parses = listeners.some(({ name }) => name === NODES_LISTENER)
  if (http2 || !parses || process.versions.bun !== undefined) return () => {}
  // Node's timeout for a head begins when Node gets the connection: silent ones are handed over soon.
  const silent = silentConnections(checkingInterval / 2, handOver)

  function onConnection(socket: Socket): void {
    if (readShared(socket, onChunk)) socket.resume()
    else socket.on('data', onData)
    socket.on('end', onEnd)
    hush(socket)
    silent.add(socket)
  }

  /** In place of 'data' events, for which Node would allocate 64 KiB for each head. */
  function onChunk(this: Socket, bytes: number, buffer: Uint8Array): boolean {
    read(this, buffer, bytes)
    return !this.isPaused()
  }

  function onData(this: Socket, chunk: Uint8Array): void {
    read(this, chunk, chunk.length)
  }

  /** The bytes are lent. */
  function read(socket: Socket, bytes: Uint8Array, end: number): void {
    const head = plainGet(latin1Text(bytes, 0, Math.min(end, maxHeaderSize)))
    const source = head && new UpgradeSource(head, socket)
    if (source && isPlain(source)) {
      leave(socket)
      take(source, socket, copyBytes(bytes, head.end, end))
    } else {
      handOver(socket, copyBytes(bytes, 0, end))
    }
  }

  function onEnd(this: Socket): void {
    this.end()
  }

  function handOver(socket: Socket, chunk?: Uint8Array): void {
    leave(socket)
    // Paused, so that the chunk put back waits for Node's listeners.
    socket.pause()
    if (chunk !== undefined) socket.unshift(chunk)
    for (const listener of listeners) listener.call(http, socket)
    socket.resume()
  }

  function leave(socket: Socket): void {
    silent.delete(socket)
    readAsStream(socket)
    socket.off('data', onData)
    socket.off('end', onEnd)
  }

  http.removeAllListeners(event)
  http.on(event, onConnection)
  return silent.close
}

/** The name of Node's own listener, which gives a connection its parser. */
const NODES_LISTENER = 'connectionListener'

function isPlain(source: UpgradeSource): boolean {
  return (
    // With more headers, Node emits no upgrade, and answers by itself.
    source.size < MOST_HEADERS && isWholeUpgrade(source) && checkBody(source) === undefined
  )
}
