import { createWriteStream } from 'node:fs'
import { harmless } from '../filters/harmless.ts'
import type { TrafficEntry } from '../filters/traffic-entry.ts'
import { checkNames, type OptionNames } from '../websocket/support/option-names.ts'

/** Options of `recordFile`. */
export interface RecordFileOptions {
  /** Hears, once, why recording has stopped. Default: `console.error`. */
  readonly onError?: ((error: Error) => void) | undefined
}

const RECORD_FILE_OPTIONS: OptionNames<RecordFileOptions> = { onError: 0 }

/** A sink for `record`. Disposing it is `close()`. */
export interface RecordFile extends AsyncDisposable {
  (entry: TrafficEntry): void
  /** Writes what waits; resolves when the file is closed, also after a failure. */
  close(): Promise<void>
}

/** What may wait for a slow disk, in bytes. */
const MAX_WAITING = 16 * 1024 * 1024

/**
 * Appends to a file of JSON lines, one for each entry. A new file is readable by its owner only, since it contains whole
 * messages. If anything goes wrong with the file, such as a disk that is full or too slow, the recording ends, but never
 * a connection. Entries that come after `close` are not written. Throws a `TypeError` for an unknown option.
 */
export function recordFile(path: string, options: RecordFileOptions = {}): RecordFile {
  checkNames('recordFile()', options, RECORD_FILE_OPTIONS)
  const tell = harmless('the onError of recordFile', options.onError ?? logged)
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 })
  const closed = new Promise<void>((resolve) => file.on('close', resolve))
  let state: 'recording' | 'closing' | 'failed' = 'recording'

  function fail(error: Error): void {
    if (state === 'failed') return
    state = 'failed'
    file.destroy()
    tell(error)
  }

  function write(entry: TrafficEntry): void {
    if (state !== 'recording') return
    if (file.writableLength <= MAX_WAITING) file.write(`${JSON.stringify(entry)}\n`)
    else fail(new Error(`${path} is written too slowly: ${file.writableLength} bytes wait`))
  }

  async function close(): Promise<void> {
    if (state === 'recording') {
      state = 'closing'
      file.end()
    }
    await closed
  }

  file.on('error', fail)
  return Object.assign(write, { close, [Symbol.asyncDispose]: close })
}

function logged(error: Error): void {
  console.error('antiphon: recording has stopped', error)
}
