import { CLIENT_LIMITS, SERVER_LIMITS } from '../../src/protocol/frame/limits.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { MemoryTransport } from '../../src/testing/offline/memory-transport.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import type { SlowConsumerPolicy } from '../../src/websocket/slow-consumer.ts'
import { ProtocolWebsocket } from '../../src/websocket/socket/protocol-websocket.ts'
import type { SocketCoreOptions } from '../../src/websocket/socket/socket-core-options.ts'
import { SOCKET_DEFAULTS, type SocketSettings } from '../../src/websocket/socket/socket-settings.ts'
import type { SocketMode } from '../../src/websocket/socket-mode.ts'
import type { WsConsumer } from '../../src/websocket/ws-handler.ts'
import { bytes, hex, joined } from './hex.ts'
import { type DecodedFrame, decodeWire } from './wire.ts'

export interface RigOptions
  extends Partial<Omit<SocketSettings, 'clock' | 'onError'>>,
    Partial<Pick<SocketCoreOptions, 'role' | 'extensions' | 'reserved' | 'ports'>> {
  readonly mode?: SocketMode
  readonly limits?: Partial<SocketCoreOptions['limits']>
  /** In place of limits of its own. */
  readonly sharedLimits?: Readonly<SocketCoreOptions['limits']>
  /** Of this socket alone, in place of `maxBufferedAmount`. */
  readonly ownMaxBufferedAmount?: number
  /** Of this socket alone, in place of `slowConsumer`. */
  readonly ownSlowConsumer?: SlowConsumerPolicy
  readonly protocol?: string
  /** In place of the hook that keeps reports. */
  readonly onError?: SocketSettings['onError']
}

/** The other end of the pipe: bytes, no protocol. */
export class WirePeer {
  readonly #transport: MemoryTransport
  readonly #chunks: Uint8Array[] = []
  /** True once the socket has said that it sends no more. */
  ended = false

  constructor(transport: MemoryTransport) {
    this.#transport = transport
    transport.attach({
      onBytes: (chunk, start, end) => this.#chunks.push(chunk.slice(start, end)),
      onDrain() {},
      onEof: () => {
        this.ended = true
      },
      onGone() {},
    })
  }

  /** Sends bytes, in one chunk. */
  send(content: string | Uint8Array): void {
    this.#transport.append(typeof content === 'string' ? bytes(content) : content)
    this.#transport.flush()
  }

  /** The bytes that came since they were last taken, in hex. */
  received(): string {
    return hex(this.#take())
  }

  /** The frames that came since they were last taken. */
  frames(): DecodedFrame[] {
    return decodeWire(this.#take())
  }

  /** The same, as opcode and payload: `1 hello`. */
  shown(): string[] {
    return this.frames().map(
      ({ opcode, payload }) => `${opcode} ${Buffer.from(payload).toString('latin1')}`,
    )
  }

  /** Bytes sent that the socket has not taken: more than 0 when it does not read. */
  get waiting(): number {
    return this.#transport.bufferedAmount
  }

  /** Stops reading: what the socket sends waits. */
  stall(): void {
    this.#transport.pause()
  }

  read(): void {
    this.#transport.resume()
  }

  end(): void {
    this.#transport.end()
  }

  #take(): Uint8Array {
    return joined(...this.#chunks.splice(0))
  }
}

/** A socket with its far end, its clock and its hook at hand. */
export interface Rig {
  readonly socket: ProtocolWebsocket
  readonly peer: WirePeer
  readonly clock: VirtualClock
  /** What the hook was told. */
  readonly reports: Error[]
  /** What happened, one line each; `watch` fills it. */
  readonly log: string[]
  /** How often the transport was said to be gone. */
  gone(): number
}

/** A server's socket, opened, its consumer run. */
export function rig(options: RigOptions = {}, consumer: WsConsumer<FrameSocket> = () => {}): Rig {
  const { role = 'server', mode, limits, protocol = '' } = options
  const clock = new VirtualClock()
  const reports: Error[] = []
  const log: string[] = []
  let gone = 0
  const [near, far] = MemoryTransport.pair()
  const socket = new ProtocolWebsocket(near, {
    ...options,
    role,
    mode: mode ?? 'messages',
    protocol,
    limits: options.sharedLimits ?? {
      ...(role === 'server' ? SERVER_LIMITS : CLIENT_LIMITS),
      ...limits,
    },
    maxBufferedAmount: options.ownMaxBufferedAmount,
    slowConsumer: options.ownSlowConsumer,
    upgradeRequest: requestOf(new Request('http://localhost/')),
    onGone: () => gone++,
    settings: {
      ...SOCKET_DEFAULTS,
      onError: (error) => reports.push(error),
      ...options,
      clock,
    },
  })
  const peer = new WirePeer(far)
  near.attach(socket.handler)
  socket.open(consumer)
  return { socket, peer, clock, reports, log, gone: () => gone }
}

/** Writes down what the listeners of a socket hear. */
export function watch({ socket, log }: Pick<Rig, 'socket' | 'log'>): void {
  socket.onMessage((message) => {
    log.push(message.mode === 'text' ? `text ${message.text()}` : `binary ${hex(message.bytes())}`)
  })
  socket.onError((error) => log.push(`error ${error.message}`))
  socket.onClose((status) => log.push(`close ${status.code} ${status.message}`.trimEnd()))
}

/** Lets pending microtasks, and those they cause, run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
