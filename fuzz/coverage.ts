import { type Profiler, Session } from 'node:inspector'

/** Of scripts whose address has this, coverage counts. */
const OURS = '/dist/'

/**
 * What of the library ran since the last look, by V8's block coverage: how often each block did, in powers of two, so
 * that going through a loop more often counts as something new, too.
 */
export class Coverage {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  take(): Set<string> {
    const seen = new Set<string>()
    // The session answers before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error
      for (const script of result) if (script.url.includes(OURS)) add(seen, script)
    })
    return seen
  }

  stop(): void {
    this.#session.disconnect()
  }
}

function add(seen: Set<string>, script: Profiler.ScriptCoverage): void {
  for (const { ranges } of script.functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      if (count === 0) continue
      const often = Math.min(8, Math.floor(Math.log2(count)))
      seen.add(`${script.scriptId}:${startOffset}:${endOffset}:${often}`)
    }
  }
}
