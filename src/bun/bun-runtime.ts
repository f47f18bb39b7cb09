import { NotSupportedException } from '../websocket/errors.ts'

/** As much of Bun's server as is used here. Sizes in bytes, times in seconds. */
export interface BunRuntime {
  serve<Data>(options: BunServeOptions<Data>): BunServer<Data>
}

export interface BunServer<Data> {
  readonly port: number
  /** False if it is no request for an upgrade, or if the connection is gone. */
  upgrade(request: Request, options: { readonly headers: Headers; readonly data: Data }): boolean
  /** `null` if the connection is gone, or has no address. */
  requestIP(request: Request): { readonly address: string } | null
  /** How long the connection of a request may be silent; 0 for as long as it likes. */
  timeout(request: Request, seconds: number): void
  /** Takes no more connections. With `true`, drops those that are open. */
  stop(closeActiveConnections?: boolean): Promise<void>
}

export interface BunServeOptions<Data> {
  readonly port: number
  readonly hostname: string
  /** If this is left out, Bun shares the port as soon as `development` is false. */
  readonly reusePort: boolean
  readonly tls: BunTls | undefined
  readonly development: false
  fetch(request: Request, server: BunServer<Data>): Promise<Response | undefined>
  /** For a response that cannot be sent. */
  error(thrown: unknown): Response
  readonly websocket: BunHandler<Data>
}

/** What Bun takes for TLS; PEM as text. */
export interface BunTls {
  readonly cert: string | readonly string[]
  readonly key: string | readonly string[]
  /** Certificates of the authorities to trust, as PEM. */
  readonly ca?: string | readonly string[] | undefined
  /** For the key. */
  readonly passphrase?: string | undefined
  /** The name that clients ask for (SNI). */
  readonly serverName?: string | undefined
  /** Ask clients for a certificate. */
  readonly requestCert?: boolean | undefined
  /** Refuse clients whose certificate is not trusted. */
  readonly rejectUnauthorized?: boolean | undefined
}

export interface BunHandler<Data> {
  readonly maxPayloadLength: number
  readonly idleTimeout: number
  readonly sendPings: boolean
  readonly backpressureLimit: number
  readonly closeOnBackpressureLimit: boolean
  readonly perMessageDeflate: boolean
  open(socket: BunWebSocket<Data>): void
  message(socket: BunWebSocket<Data>, message: string | Uint8Array<ArrayBuffer>): void
  drain(socket: BunWebSocket<Data>): void
  close(socket: BunWebSocket<Data>, code: number, reason: string): void
  ping(socket: BunWebSocket<Data>, data: Uint8Array<ArrayBuffer>): void
  pong(socket: BunWebSocket<Data>, data: Uint8Array<ArrayBuffer>): void
}

export interface BunWebSocket<Data> {
  readonly data: Data
  readonly readyState: 0 | 1 | 2 | 3
  binaryType: 'arraybuffer' | 'uint8array' | 'nodebuffer'
  send(content: string | Uint8Array<ArrayBuffer>, compress?: boolean): number
  ping(data: Uint8Array<ArrayBuffer>): number
  close(code: number, reason: string): void
  terminate(): void
  pause(): void
  resume(): void
  getBufferedAmount(): number
}

/** Bun itself. Throws a `NotSupportedException` anywhere else. */
export function bunRuntime(): BunRuntime {
  const { Bun } = globalThis as { readonly Bun?: BunRuntime }
  if (Bun !== undefined) return Bun
  throw new NotSupportedException(
    'bun() needs Bun: run the program with bun, or serve it with node() of antiphon/node',
  )
}
