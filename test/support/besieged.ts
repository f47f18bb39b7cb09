import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { type MockInstance, vi } from 'vitest'
import { type NodeOptions, node } from '../../src/node/engine.ts'
import type { PolyHandler } from '../../src/routing/poly-handler.ts'
import { serve } from '../../src/serving/engine.ts'
import type { WebSockets } from '../../src/serving/web-sockets.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import type { Server } from '../../src/websocket/server.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'
import type { WsStatus } from '../../src/websocket/ws-status.ts'
import { clientFrames, handshake, RawClient } from './raw-client.ts'

export interface BesiegedOptions extends Omit<NodeOptions, 'webSockets'> {
  readonly webSockets?: WebSockets
  /** In place of one that echoes. */
  readonly app?: WsHandler<FrameSocket> | PolyHandler<FrameSocket>
}

const WRITERS = ['debug', 'error', 'info', 'log', 'warn'] as const

/** A server with its defaults, under attack: who is connected, how they ended, and what it says of it. */
export class Besieged implements AsyncDisposable {
  /** What was written to the console, and the process's warnings. */
  readonly lines: string[] = []
  /** How each connection ended. */
  readonly ends: WsStatus[] = []
  readonly open: Set<Websocket> = new Set()
  readonly #spies: MockInstance[]
  readonly #clients: { destroy(): unknown }[] = []
  #server: Server | undefined
  #wakers: (() => void)[] = []

  private constructor() {
    const write = (...words: readonly unknown[]): void => {
      this.lines.push(words.map(String).join(' '))
    }
    this.#spies = WRITERS.map((name) => vi.spyOn(console, name).mockImplementation(write))
    process.on('warning', this.#warned)
  }

  /** `consumer` sees each socket besides; without one, messages are echoed. */
  static async start(
    options: BesiegedOptions = {},
    consumer: WsConsumer<FrameSocket> = echo,
  ): Promise<Besieged> {
    const besieged = new Besieged()
    const { app, webSockets, ...rest } = options
    const handler: WsHandler<FrameSocket> = () => (socket) => {
      besieged.#watch(socket)
      return consumer(socket)
    }
    besieged.#server = await serve(app ?? handler, node({ ...rest, webSockets: webSockets ?? {} }))
    return besieged
  }

  get port(): number {
    return this.#server?.port ?? 0
  }

  /** A peer after its opening handshake. */
  async peer(): Promise<RawClient> {
    const client = await RawClient.upgraded(this.port)
    this.#clients.push(client.socket)
    return client
  }

  /** A peer before its opening handshake. */
  async stranger(): Promise<RawClient> {
    const client = await RawClient.open(this.port)
    this.#clients.push(client.socket)
    return client
  }

  /** A bare TCP connection that reads nothing unless it is told to. */
  mute(): Socket {
    const socket = connectTcp({ port: this.port, host: '127.0.0.1' })
    socket.on('error', () => {})
    this.#clients.push(socket)
    return socket
  }

  /** A peer that reads nothing after its opening handshake, and the socket that the server has for it. */
  async unread(): Promise<{ readonly peer: Socket; readonly socket: Websocket }> {
    const peer = this.mute()
    await once(peer, 'connect')
    peer.write(handshake())
    await once(peer, 'readable')
    peer.read()
    return { peer, socket: [...this.open].at(-1)! }
  }

  /** Whether a peer that behaves is served as ever. */
  async serves(): Promise<boolean> {
    const client = await this.peer()
    client.write(clientFrames({ opcode: 1, payload: 'still there?' }))
    const answer = await client.shown()
    client.socket.destroy()
    return answer === '1 still there?'
  }

  /** Resolves once so many connections have ended. */
  async ended(count: number): Promise<readonly WsStatus[]> {
    while (this.ends.length < count) {
      await new Promise<void>((resolve) => this.#wakers.push(resolve))
    }
    return this.ends
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy()
    await this.#server?.stop({ drain: 0 })
    process.off('warning', this.#warned)
    for (const spy of this.#spies) spy.mockRestore()
  }

  #watch(socket: Websocket): void {
    this.open.add(socket)
    socket.onClose((status) => {
      this.open.delete(socket)
      this.ends.push(status)
      const wakers = this.#wakers
      this.#wakers = []
      for (const wake of wakers) wake()
    })
  }

  readonly #warned = (warning: Error): void => {
    this.lines.push(String(warning))
  }
}

function echo(socket: Websocket): void {
  socket.onMessage((message) => socket.send(message))
}
