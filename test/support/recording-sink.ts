import type { CloseReason } from '../../src/protocol/close/close-reason.ts'
import type { CloseRecord } from '../../src/protocol/close/close-record.ts'
import type { Violation } from '../../src/protocol/close/violation.ts'
import type { ConnectionSink } from '../../src/protocol/connection/connection-sink.ts'
import type { Frame } from '../../src/protocol/frame/frame.ts'
import { FrameType } from '../../src/protocol/frame/frame-type.ts'
import type { DataOpcode } from '../../src/protocol/frame/opcode.ts'
import * as Opcode from '../../src/protocol/frame/opcodes.ts'
import { hex } from './hex.ts'
import { showFrame } from './show-frame.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Writes down what a connection tells, one line a call, and holds it to what a sink is promised. */
export class RecordingSink implements ConnectionSink {
  readonly log: string[] = []
  readonly violations: Violation[] = []
  readonly records: CloseRecord[] = []
  /** Of each message, whether its text was known to be ASCII, and whether its bytes were given away. */
  readonly hints: { readonly ascii: boolean; readonly owned: boolean }[] = []
  /** Called with each line. */
  onLine: (line: string) => void = () => {}

  onMessage(
    opcode: DataOpcode,
    bytes: Uint8Array,
    start: number,
    end: number,
    ascii: boolean,
    owned: boolean,
  ): void {
    const content = bytes.slice(start, end)
    if (ascii && content.some((octet) => octet > 0x7f)) throw new Error('not ASCII')
    if (owned && (start !== 0 || end !== bytes.buffer.byteLength)) throw new Error('not exact')
    this.hints.push({ ascii, owned })
    this.#write(
      opcode === Opcode.TEXT
        ? `text ${JSON.stringify(strict.decode(content))}`
        : `binary ${hex(content)}`,
    )
  }

  onFrame(frame: Frame): void {
    this.#write(`frame ${showFrame(frame)}`)
  }

  onControl(opcode: number, payload: Uint8Array<ArrayBuffer>): void {
    if (payload.length !== payload.buffer.byteLength) throw new Error('not exact')
    const name = FrameType.byOpcode(opcode)?.name.toLowerCase()
    this.#write(`${name} ${hex(payload)}`.trimEnd())
  }

  onViolation(violation: Violation, reason: CloseReason): Error {
    this.violations.push(violation)
    this.#write(`violation ${violation.code} ${violation.message}`)
    return new Error(reason.message)
  }

  onEnd(record: CloseRecord, failure?: Error): void {
    this.records.push(record)
    this.#write(`end ${record.reason.code}${failure === undefined ? '' : ` ${failure.message}`}`)
  }

  #write(line: string): void {
    this.log.push(line)
    this.onLine(line)
  }
}
