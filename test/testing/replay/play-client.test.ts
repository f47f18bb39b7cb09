import { describe, expect, test } from 'vitest'
import type { TrafficEntry } from '../../../src/filters/traffic-entry.ts'
import { type Playing, playClient } from '../../../src/testing/replay/play-client.ts'
import type { ReplayDifference } from '../../../src/testing/replay/replayed-connection.ts'

function open(connection: number, at = 0): TrafficEntry {
  const request = { method: 'GET', url: 'http://a/', headers: [], protocol: '' }
  return { connection, at, kind: 'open', ...request }
}

function message(connection: number, direction: 'in' | 'out', at: number): TrafficEntry {
  return { connection, at, kind: 'message', direction, mode: 'text', text: `${at}` }
}

/** Each connection says that it opened, and echoes. */
function playing(part: Partial<Playing> = {}): { playing: Playing; did: unknown[] } {
  const did: unknown[] = []
  return {
    did,
    playing: {
      async open(entry, heard) {
        did.push(`open ${entry.connection}`)
        heard(entry)
        return {
          send(content) {
            did.push(`send ${String(content)} on ${entry.connection}`)
            return true
          },
          close: () => did.push(`close ${entry.connection}`),
          terminate: () => did.push(`end ${entry.connection}`),
          link: { sendFrame: () => true },
        }
      },
      now: () => 1_000,
      reach: (time) => void did.push(time),
      patience: (after) => {
        did.push(`after ${after}`)
        return 0
      },
      differs: (difference: ReplayDifference) => did.push(difference),
      ...part,
    },
  }
}

describe('playClient', () => {
  test('acts in the order of the recording, each time when its connection has reached it', async () => {
    const { playing: how, did } = playing()
    const entries = [open(1, 2), open(2), message(2, 'in', 5), message(1, 'in', 30)]
    await playClient(entries, how)
    expect(did).toEqual([
      'open 1',
      1_002,
      'after 2',
      'open 2',
      1_000,
      'after 0',
      1_005,
      'send 5 on 2',
      'after 5',
      1_030,
      'send 30 on 1',
      'after 28',
      'end 1',
      'end 2',
    ])
  })

  test('plays nothing more once it is aborted, and tells nothing', async () => {
    const abort = new AbortController()
    const { playing: how, did } = playing({ signal: abort.signal, reach: () => abort.abort() })
    await playClient([open(1), message(1, 'in', 5), message(1, 'out', 6)], how)
    expect(did).toEqual(['open 1', 'end 1'])
  })

  test('tells what was different before it was aborted', async () => {
    const abort = new AbortController()
    const told: unknown[] = []
    const { playing: how } = playing({
      signal: abort.signal,
      reach: (time) => (time > 1_005 ? abort.abort() : undefined),
      differs: ({ recorded, replayed }) => told.push([recorded, replayed]),
    })
    const [recorded, replayed] = [message(1, 'out', 5), message(1, 'out', 4)]
    const saying: Playing = {
      ...how,
      open: (entry, heard) => {
        const socket = how.open(entry, heard)
        heard(replayed)
        return socket
      },
    }
    await playClient([open(1), recorded, message(1, 'out', 6), message(1, 'in', 7)], saying)
    expect(told).toEqual([[recorded, replayed]])
  })

  test('takes for the end no fault that came with it', async () => {
    const end = { connection: 1, at: 5 }
    const entries: readonly TrafficEntry[] = [
      open(1),
      { ...end, kind: 'close', direction: 'out', code: 1011, reason: '' },
      { ...end, kind: 'error', name: 'Error', message: 'as before' },
    ]
    const { playing: how } = playing()
    const told: ReplayDifference[] = []
    await playClient(entries, {
      ...how,
      open: (entry, heard) => {
        const socket = how.open(entry, () => {})
        entries.forEach(heard)
        return socket
      },
      differs: (difference) => told.push(difference),
    })
    expect(told).toEqual([])
  })

  test('tells nothing of a connection that was given up while it opened', async () => {
    const abort = new AbortController()
    const { playing: how, did } = playing({
      signal: abort.signal,
      open: () => {
        abort.abort()
        return Promise.reject(new Error('aborted'))
      },
    })
    await playClient([open(1), message(1, 'in', 5)], how)
    expect(did).not.toContainEqual(expect.objectContaining({ error: expect.anything() }))
  })
})
