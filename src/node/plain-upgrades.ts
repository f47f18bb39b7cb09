import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { plainGet } from '../protocol/handshake/request-head.ts'
import { checkBody, isUpgrade } from '../protocol/handshake/server-handshake.ts'
import { includesToken } from '../protocol/header-tokens.ts'
import { latin1Text } from './buffer-text.ts'
import type { HttpSettings } from './http-server.ts'
import { SilentConnections } from './silent-connections.ts'
import { MOST_HEADERS, UpgradeSource } from './upgrade-source.ts'

/**
 * Takes those upgrades to WebSocket that are the first request of their connection, come in one piece, and are plain to
 * see for what they are. All other connections go on to Node as if nobody had looked at them. It is for what Node makes
 * of a connection before it tells of an upgrade: a parser, a message, a dozen listeners, a quarter of what a handshake
 * costs. To be called when all other listeners for connections are set; returns what lets go of those that have said
 * nothing yet.
 */
export function plainUpgrades(
  http: HttpServer,
  { tls, maxHeaderSize, checkingInterval }: HttpSettings,
  take: (source: UpgradeSource, stream: Socket, head: Uint8Array) => void,
): () => void {
  const secure = tls !== undefined
  const event = secure ? 'secureConnection' : 'connection'
  const listeners = http.listeners(event)
  // Not so on Deno; and on Bun there is one, but what it is told of has been read already.
  const parses = listeners.some(({ name }) => name === NODES_LISTENER)
  if (!parses || process.versions.bun !== undefined) return () => {}
  // Node has a limit for the whole head, counted from when it gets the connection.
  const silent = new SilentConnections(checkingInterval / 2, handOver)

  function onConnection(socket: Socket): void {
    socket.on('data', onData)
    socket.on('end', onEnd)
    socket.on('error', onError)
    silent.add(socket)
  }

  function onData(this: Socket, chunk: Uint8Array): void {
    const head = plainGet(latin1Text(chunk, 0, Math.min(chunk.length, maxHeaderSize)))
    if (head === undefined) {
      handOver(this, chunk)
      return
    }
    const source = new UpgradeSource(head, secure)
    if (!isPlain(source)) {
      handOver(this, chunk)
      return
    }
    leave(this)
    take(source, this, chunk.subarray(head.end))
  }

  /** It may break even now: the listener for that stays. */
  function onEnd(this: Socket): void {
    silent.delete(this)
    this.off('data', onData)
    this.end()
  }

  /** Behind it comes the close. */
  function onError(this: Socket): void {
    silent.delete(this)
  }

  function handOver(socket: Socket, chunk?: Uint8Array): void {
    leave(socket)
    // Otherwise there is nobody to take what is put back.
    socket.pause()
    if (chunk !== undefined) socket.unshift(chunk)
    for (const listener of listeners) listener.call(http, socket)
    socket.resume()
  }

  function leave(socket: Socket): void {
    silent.delete(socket)
    socket.off('data', onData)
    socket.off('end', onEnd)
    socket.off('error', onError)
  }

  http.removeAllListeners(event)
  http.on(event, onConnection)
  return () => silent.close()
}

/** Where a connection gets its parser. */
const NODES_LISTENER = 'connectionListener'

function isPlain(source: UpgradeSource): boolean {
  return (
    // Past them, Node finds an upgrade that it does not tell of: its answer is its own.
    source.size < MOST_HEADERS &&
    isUpgrade(source) &&
    includesToken(source.header('connection'), 'upgrade') &&
    checkBody(source) === undefined
  )
}
