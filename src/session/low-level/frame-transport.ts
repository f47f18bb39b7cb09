import { portablePorts } from '../../protocol/bytes/ports.ts'
import type { CloseRecord } from '../../protocol/close/close-record.ts'
import { type Frame, frameOf } from '../../protocol/frame/frame.ts'
import { frameHeaderSize } from '../../protocol/frame/frame-header.ts'
import { FrameReader } from '../../protocol/frame/frame-reader.ts'
import type { FrameType } from '../../protocol/frame/frame-type.ts'
import { FrameWriter } from '../../protocol/frame/frame-writer.ts'
import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import type { Transport, TransportHandler } from '../../websocket/socket/transport.ts'
import type { RawWebSocketSession } from '../session.ts'
import { BufferOutput } from './buffer-output.ts'

/**
 * A raw session as a transport: bytes written are parsed into frames, which the session sends; frames that it receives
 * become bytes. Neither is masked, since the raw session does that. Both directions wait for it.
 */
export class FrameTransport implements Transport {
  readonly #raw: RawWebSocketSession
  readonly #out = new BufferOutput()
  readonly #frames: FrameReader
  readonly #in = new BufferOutput()
  readonly #writer = new FrameWriter(this.#in, portablePorts, false)
  #handler: TransportHandler | undefined
  /** Bytes that wait for the raw session. */
  #waiting = 0
  #paused = false
  #receiving = false
  /** True once a Close frame has passed either way, or the raw session has ended and all of it was read. */
  #closing = false

  constructor(raw: RawWebSocketSession) {
    this.#raw = raw
    this.#frames = new FrameReader().attach(
      {
        paused: false,
        deaf: false,
        readMessage() {},
        readFrame: (fin, type, reserved, payload) => this.#send(fin, type, reserved, payload),
        violated() {},
      },
      { limits: UNLIMITED, masked: false, reserved: 0x70, frames: true, ports: portablePorts },
    )
  }

  start(handler: TransportHandler): void {
    this.#handler = handler
    this.#pull()
  }

  get position(): number {
    return this.#out.position
  }

  set position(position: number) {
    this.#out.position = position
  }

  get bufferedAmount(): number {
    return this.#out.position + this.#waiting
  }

  reserve(size: number): Uint8Array {
    return this.#out.reserve(size)
  }

  append(bytes: Uint8Array): void {
    this.#out.append(bytes)
  }

  commit(): void {
    this.flush()
  }

  flush(): void {
    if (this.#out.position === 0) return
    const bytes = this.#out.take()
    this.#frames.receive(bytes, 0, bytes.length)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#pull()
  }

  /** The raw session closes by the Close frame that was written to it. */
  end(): void {
    this.flush()
  }

  destroy(): void {
    this.#handler = undefined
    this.#raw.incoming.cancel()
    // If there is a record, it has ended by itself, and its Close frame may still be on its way.
    if (this.#raw.closeRecord === undefined) this.#raw.terminate()
  }

  /** The raw session's, which may have failed before our Close frame went out. */
  endingOf({ cause }: CloseRecord): Promise<CloseRecord> | undefined {
    const raw = this.#raw
    // After a failure here, only if the raw session has closed by itself: the peer hears of that, and not of ours. If it was
    // just lost, the peer hears of neither.
    const counts = cause
      ? !this.#closing && raw.outgoing.isClosedForSend && raw.closeRecord?.initiator !== 'transport'
      : this.#closing
    return counts ? raw.closed : undefined
  }

  #send(fin: boolean, type: FrameType, reserved: number, payload: Uint8Array<ArrayBuffer>): void {
    const frame = frameOf(fin, type, reserved, payload)
    if (frame.type === 'close') this.#closing = true
    const { outgoing } = this.#raw
    if (outgoing.trySend(frame)) return
    const size = frameHeaderSize(payload.length, false) + payload.length
    this.#waiting += size
    const settle = (): void => {
      this.#waiting -= size
      if (this.#waiting === 0) this.#handler?.onDrain()
    }
    outgoing.send(frame).then(settle, settle)
  }

  /** Takes frames from the raw session while reading is not paused. */
  #pull(): void {
    const { incoming } = this.#raw
    while (!this.#paused && !this.#receiving) {
      const frame = incoming.tryReceive()
      if (frame !== undefined) {
        this.#receive(frame)
        continue
      }
      this.#receiving = true
      incoming.receive().then(
        (next) => {
          this.#receiving = false
          this.#receive(next)
          this.#pull()
        },
        () => this.#ended(),
      )
    }
  }

  #receive(frame: Frame): void {
    if (frame.type === 'close') this.#closing = true
    this.#writer.frame(frame)
    const bytes = this.#in.take()
    this.#handler?.onBytes(bytes, 0, bytes.length)
    this.flush()
  }

  /** `incoming` ends with the peer's Close frame; the raw session itself may end later. */
  #ended(): void {
    this.#closing = true
    void this.#raw.closed.then(({ cause }) => this.#handler?.onGone(cause))
  }
}

const UNLIMITED = { ...CLIENT_LIMITS, maxEmptyFragments: Number.POSITIVE_INFINITY }
