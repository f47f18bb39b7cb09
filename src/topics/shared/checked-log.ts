import { isUint8Array } from '../../protocol/bytes/content.ts'
import type { LogEntry } from './topic-log.ts'

/** Longer than those of any log: what a peer makes up is not passed on at any length. */
const LONGEST_ID = 256

/** Whether an entry could have that id. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID
}

/** What `append` has returned. Throws a `TypeError` for what is no id: not every log is type-checked. */
export function checkedId(id: unknown): string {
  if (isId(id)) return id
  throw new TypeError(
    `append of a log has to return the id of the entry, a string of 1 to ${LONGEST_ID} characters`,
  )
}

/** What `read` or `last` has returned. Throws a `TypeError` for what are no entries. */
export function checkedEntries(
  from: 'read' | 'last',
  entries: readonly LogEntry[],
): readonly LogEntry[] {
  if (Array.isArray(entries) && entries.every(isEntry)) return entries
  throw new TypeError(
    `${from} of a log has to return an array of entries, each with an id and a Uint8Array as payload`,
  )
}

function isEntry(entry: Partial<LogEntry> | null | undefined): boolean {
  return isId(entry?.id) && isUint8Array(entry?.payload)
}
