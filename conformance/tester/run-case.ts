import type { Case, Pause, Step } from '../suite/case.ts'
import { randomFrom } from '../suite/sample-data.ts'
import { bytesOf, CLOSE } from '../suite/steps.ts'
import { type Cut, cutFrames } from './cut.ts'
import { encodeFrame } from './encode.ts'
import { judge, type Verdict } from './judge.ts'
import type { Wire } from './wire.ts'

// In milliseconds: in which nothing is to happen; to notice in the middle of a case that something is wrong; to give up
// at its end; for an answer, which may be large.
const QUIET = 20
const NOTICE = 300
const FAILURE = 2_000
const ANSWER = 20_000

/** Plays the tester's part of a case over a connection, and judges what the peer did. */
export async function runCase(test: Case, wire: Wire, cut: Cut): Promise<Verdict> {
  const run = new Run(test, wire, cut)
  for (const step of test.send) {
    if (wire.ear.over) break
    await run.step(step)
  }
  await run.finish()
  return judge(test.expect, wire.ear, run)
}

class Run {
  early = false
  late = false
  readonly #test: Case
  readonly #wire: Wire
  readonly #cut: Cut
  readonly #random: (limit: number) => number
  #frames: Uint8Array[] = []
  #closed = false

  constructor(test: Case, wire: Wire, cut: Cut) {
    this.#test = test
    this.#wire = wire
    this.#cut = cut
    this.#random = randomFrom(seedOf(test.id))
  }

  async step(step: Step): Promise<void> {
    if (step.kind === 'frame') await this.#frame(step)
    else if (step.kind === 'message') this.#message(step)
    else await this.#pause(step)
  }

  /** Sends what waits; closes, unless a step did; and waits for the end. */
  async finish(): Promise<void> {
    await this.#flush()
    const { ear } = this.#wire
    const { end, events } = this.#test.expect
    if (end.kind === 'clean' && !this.#closed) {
      const count = [...events].length
      await this.#until(() => ear.over || ear.events.length >= count, ANSWER)
      await this.#close()
    }
    await this.#until(() => ear.over, end.kind === 'failed' ? FAILURE : ANSWER)
    if (!this.#closed && ear.ended === undefined) await this.#close()
    // A server closes the transport first (RFC 6455, section 7.1.1).
    if (this.#wire.tester === 'server') this.#wire.end()
    await this.#until(() => ear.ended !== undefined, FAILURE)
    this.#wire.destroy()
  }

  async #close(): Promise<void> {
    await this.#frame({
      kind: 'frame',
      frame: { opcode: CLOSE, payload: Uint8Array.of(0x03, 0xe8) },
    })
    await this.#flush()
  }

  async #frame({ frame, pauses = [] }: Extract<Step, { kind: 'frame' }>): Promise<void> {
    const bytes = encodeFrame(frame, this.#wire.tester, this.#key())
    if (frame.opcode === 8) this.#closed = true
    const header = bytes.length - bytesOf(frame.payload ?? '').length
    let from = 0
    for (const { at, pause } of pauses) {
      this.#frames.push(bytes.subarray(from, header + at))
      from = header + at
      await this.#pause(pause)
    }
    this.#frames.push(bytes.subarray(from))
  }

  #message({ opcode, payload, fragment }: Extract<Step, { kind: 'message' }>): void {
    const { codec, tester } = this.#wire
    const packed = codec === undefined ? payload : codec.compress(payload)
    const size = fragment === 0 ? Math.max(1, packed.length) : fragment
    for (let at = 0; at === 0 || at < packed.length; at += size) {
      const frame = {
        opcode: at === 0 ? opcode : 0,
        rsv: at === 0 && codec !== undefined ? 4 : 0,
        fin: at + size >= packed.length,
        payload: packed.subarray(at, at + size),
      }
      this.#frames.push(encodeFrame(frame, tester, this.#key()))
    }
  }

  async #pause(pause: Pause): Promise<void> {
    await this.#flush()
    const { ear } = this.#wire
    if (pause.kind === 'quiet') {
      if (await this.#until(() => ear.over, QUIET)) this.early = true
    } else if (pause.kind === 'failed') {
      if (!(await this.#until(() => ear.over, NOTICE))) this.late = true
    } else {
      const enough = (): boolean => ear.over || ear.events.length >= pause.events
      if (!(await this.#until(enough, ANSWER))) this.late = true
    }
  }

  async #flush(): Promise<void> {
    if (this.#frames.length === 0) return
    const frames = this.#frames
    this.#frames = []
    for (const piece of cutFrames(frames, this.#cut, this.#test.chop, this.#random(0x7fff_ffff))) {
      if (this.#wire.ear.ended !== undefined) return
      await this.#wire.write(piece)
    }
  }

  #until(done: () => boolean, milliseconds: number): Promise<boolean> {
    return this.#wire.until(done, milliseconds)
  }

  #key(): Uint8Array {
    return Uint8Array.from({ length: 4 }, () => this.#random(256))
  }
}

/** The same cuts and keys for the same case, each time. */
function seedOf(id: string): number {
  return Array.from(id, (character) => character.charCodeAt(0)).reduce((a, b) => a * 31 + b, 7)
}
