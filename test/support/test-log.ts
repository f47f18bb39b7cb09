import { type MemoryLog, memoryLog } from '../../src/testing/offline/memory-log.ts'
import type { LogEntry, TopicLog } from '../../src/topics/shared/topic-log.ts'

type Call = 'append' | 'read' | 'last' | 'watch'

/** A log in memory that can be down or slow, and writes down what it is asked for. */
export class TestLog implements TopicLog {
  readonly calls: string[] = []
  /** What every call rejects with. */
  down: Error | undefined
  /** What every call but `append` waits for, before and after it is done. */
  delay: () => Promise<unknown> = async () => {}
  readonly #log: MemoryLog

  /** Those with the same log are like several connections to it. */
  constructor(log: MemoryLog = memoryLog()) {
    this.#log = log
  }

  async append(topic: string, payload: Uint8Array<ArrayBuffer>): Promise<string> {
    this.#called('append')
    return this.#log.append(topic, payload)
  }

  async read(topic: string, from: string | undefined, limit: number): Promise<readonly LogEntry[]> {
    return this.#slowly(`read ${from}`, () => this.#log.read(topic, from, limit))
  }

  async last(topic: string, count: number): Promise<readonly LogEntry[]> {
    return this.#slowly(`last ${count}`, () => this.#log.last(topic, count))
  }

  async watch(topic: string, wake: () => void): Promise<() => unknown> {
    this.#called('watch')
    const end = await this.#log.watch?.(topic, wake)
    return () => {
      this.calls.push('unwatch')
      return end?.()
    }
  }

  trim(topic: string, keep: number): void {
    this.#log.trim(topic, keep)
  }

  /** How often it was asked for something that begins with that. */
  count(call: Call): number {
    return this.calls.filter((made) => made.startsWith(call)).length
  }

  async #slowly<T>(call: string, act: () => T): Promise<T> {
    this.#called(call)
    await this.delay()
    const result = await act()
    await this.delay()
    return result
  }

  #called(call: string): void {
    this.calls.push(call)
    if (this.down !== undefined) throw this.down
  }
}
