import { record } from '../../filters/record.ts'
import { recordFile } from '../../node/record-file.ts'
import type { WsFilter } from '../../websocket/ws-handler.ts'
import { otherSide } from '../shared/other-side.ts'

/** A recording of what a client does, in the form that a server's has. */
export interface Recording {
  readonly filter: WsFilter
  failed(): boolean
  /** Resolves when the file is closed. */
  close(): Promise<void>
}

/** Records to a file, which is appended to. `tell` hears, once, why it has stopped. */
export function recordingTo(path: string, tell: (line: string) => void): Recording {
  let failed = false
  const file = recordFile(path, {
    onError({ message }) {
      failed = true
      tell(`recording has stopped: ${message}`)
    },
  })
  const filter = record((entry) => {
    // What goes wrong on this side is nothing that the server would know.
    if (entry.kind !== 'error') file(otherSide(entry))
  })
  return { filter, failed: () => failed, close: () => file.close() }
}
