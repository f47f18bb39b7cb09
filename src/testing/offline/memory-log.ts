import type { LogEntry, TopicLog } from '../../topics/shared/topic-log.ts'
import { amount } from '../../websocket/support/option-checks.ts'
import { checkNames, type OptionNames } from '../../websocket/support/option-names.ts'

/** Options of `memoryLog`. */
export interface MemoryLogOptions {
  /** How many entries each topic keeps; the oldest go. Default: all. */
  readonly entries?: number | undefined
}

/** A log in memory, for tests of what uses `sharedTopics`. */
export interface MemoryLog extends TopicLog {
  /** Drops all entries of a topic but the newest ones. */
  trim(topic: string, keep: number): void
}

const OPTIONS: OptionNames<MemoryLogOptions> = { entries: 0 }

/** A log in memory: several `sharedTopics` with the same one are like several processes. */
export function memoryLog(options: MemoryLogOptions = {}): MemoryLog {
  checkNames('memoryLog()', options, OPTIONS)
  const most = amount('entries', options.entries, Number.POSITIVE_INFINITY)
  const logs = new Map<string, LogEntry[]>()
  const watchers = new Map<string, Set<() => void>>()
  let given = 0
  const entriesOf = (topic: string): LogEntry[] => logs.get(topic) ?? []
  const trim = (topic: string, keep: number): void => {
    const entries = entriesOf(topic)
    entries.splice(0, Math.max(0, entries.length - keep))
  }
  return {
    trim,
    append(topic, payload) {
      const id = String(++given)
      logs.set(topic, entriesOf(topic))
      entriesOf(topic).push({ id, payload })
      trim(topic, most)
      for (const wake of watchers.get(topic) ?? []) wake()
      return id
    },
    read(topic, from, limit) {
      const entries = entriesOf(topic)
      const first =
        from === undefined ? 0 : entries.findIndex(({ id }) => Number(id) >= Number(from))
      return first < 0 ? [] : entries.slice(first, first + limit)
    },
    last: (topic, count) => entriesOf(topic).slice(-count),
    watch(topic, wake) {
      const all = watchers.get(topic) ?? new Set()
      // Each watcher is one of its own, also if two are the same function.
      const watcher = (): void => wake()
      watchers.set(topic, all.add(watcher))
      return () => {
        all.delete(watcher)
        if (all.size === 0) watchers.delete(topic)
      }
    },
  }
}
