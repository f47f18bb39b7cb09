import { vi } from 'vitest'
import type { Websocket } from '../../src/websocket/websocket.ts'
import type { WsStatus } from '../../src/websocket/ws-status.ts'
import { type Rig, type RigOptions, rig, settled } from './socket-rig.ts'

/** A client's socket that opens, or fails to, when it is told to. */
export interface OpeningRig {
  /** The socket that opens, and its far end. */
  readonly end: Rig
  /** For what waits until it is open. */
  readonly opened: Promise<Websocket>
  readonly abandon: ReturnType<typeof vi.fn<(status: WsStatus) => void>>
  open(): Promise<void>
  fail(error: unknown): Promise<void>
}

export function openingRig(options: Pick<RigOptions, 'mode'> = {}): OpeningRig {
  const end = rig({ role: 'client', protocol: 'v1', ...options })
  let resolve!: (socket: Websocket) => void
  let reject!: (error: unknown) => void
  const opened = new Promise<Websocket>((yes, no) => {
    resolve = yes
    reject = no
  })
  return {
    end,
    opened,
    abandon: vi.fn<(status: WsStatus) => void>(),
    async open() {
      resolve(end.socket)
      await settled()
    },
    async fail(error) {
      reject(error)
      await settled()
    },
  }
}
