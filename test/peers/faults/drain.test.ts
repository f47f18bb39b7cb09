import { describe, expect, test } from 'vitest'
import { openSocket } from '../../../src/node/client/connect.ts'
import type { StopOptions } from '../../../src/websocket/server.ts'
import { Program, testProgram } from '../../support/program.ts'

/** A client of the server under load: what it got, and how it ended. */
interface Reader {
  readonly name: string
  count: number
  /** Whether every message was the one after the last. */
  inOrder: boolean
  readonly ended: Promise<{ readonly code: number; readonly at: number }>
  pause(): void
  resume(): void
}

async function reader(url: string, name: string): Promise<Reader> {
  const { socket } = await openSocket(`${url}/${name}`)
  const one: Reader = {
    name,
    count: 0,
    inOrder: true,
    ended: new Promise((resolve) => {
      socket.onClose(({ code }) => resolve({ code, at: performance.now() }))
    }),
    pause: () => socket.link.pause?.(),
    resume: () => socket.link.resume?.(),
  }
  socket.onMessage((message) => {
    one.inOrder &&= message.text().startsWith(`${one.count} `)
    one.count++
    // Traffic goes both ways: what a peer says late must not cost it what it is still to get.
    if (one.count % 10 === 0) socket.send(`got ${one.count}`)
  })
  return one
}

/** A server that sends to so many readers as fast as they read. */
async function underLoad(
  options: StopOptions & { readonly code: number },
  readers: number,
): Promise<{ readonly server: Program; readonly readers: readonly Reader[] }> {
  const server = new Program(testProgram('drain-server.js', JSON.stringify(options)))
  const url = await server.says(/^listening on (\S+)\n/)
  const names = Array.from({ length: readers }, (_, i) => `reader-${i}`)
  const all = await Promise.all(names.map((name) => reader(url, name)))
  return { server, readers: all }
}

/** Resolves once this reader has got so many messages. */
async function has(one: Reader, count: number): Promise<void> {
  while (one.count < count) await new Promise((resolve) => setTimeout(resolve, 5))
}

function accepted({ output }: Program, { name }: Reader): number {
  return Number(new RegExp(`^${name} was sent (\\d+)\n`, 'm').exec(output.text)?.[1])
}

describe('SIGTERM under load', () => {
  test('loses no message that send has accepted, for peers that read', async () => {
    const load = await underLoad({ code: 1001 }, 20)
    await using server = load.server
    await Promise.all(load.readers.map((one) => has(one, 100)))
    server.process.kill('SIGTERM')
    for (const one of load.readers) expect((await one.ended).code).toBe(1001)
    expect(await server.exited).toBe(0)
    for (const one of load.readers) {
      expect(one.inOrder).toBe(true)
      expect(one.count).toBe(accepted(server, one))
    }
    expect(server.errors.text).toBe('')
  })

  test('waits for peers that read slowly, with megabytes on their way', async () => {
    const load = await underLoad({ code: 1012, drain: 20_000 }, 5)
    await using server = load.server
    await Promise.all(load.readers.map((one) => has(one, 100)))
    for (const one of load.readers) one.pause()
    await new Promise((resolve) => setTimeout(resolve, 300))
    server.process.kill('SIGTERM')
    const ticks = setInterval(() => {
      for (const one of load.readers) {
        one.resume()
        setTimeout(() => one.pause(), 2)
      }
    }, 20)
    try {
      for (const one of load.readers) expect((await one.ended).code).toBe(1012)
    } finally {
      clearInterval(ticks)
    }
    for (const one of load.readers) one.resume()
    expect(await server.exited).toBe(0)
    for (const one of load.readers) {
      expect(one.inOrder).toBe(true)
      expect(one.count).toBe(accepted(server, one))
    }
  })

  test('spreads the closes over the time it is given, and sends to each peer until its own', async () => {
    const load = await underLoad({ code: 1012, over: 1_000 }, 30)
    await using server = load.server
    await Promise.all(load.readers.map((one) => has(one, 20)))
    server.process.kill('SIGTERM')
    const ends = await Promise.all(load.readers.map(({ ended }) => ended))
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1012]))
    const first = Math.min(...ends.map(({ at }) => at))
    const times = ends.map(({ at }) => at - first)
    // Thirty random times within a second, however late the first of them is seen: some early, some late, and no crowd.
    expect(Math.max(...times)).toBeGreaterThan(500)
    const tenths = times.map((time) => Math.floor(time / 100))
    expect(new Set(tenths).size).toBeGreaterThan(4)
    expect(await server.exited).toBe(0)
    for (const one of load.readers) expect(one.count).toBe(accepted(server, one))
  })

  test('does not wait beyond the deadline for a peer that does not read', async () => {
    const load = await underLoad({ code: 1001, drain: 400 }, 3)
    await using server = load.server
    const [stuck, ...others] = load.readers
    await Promise.all(load.readers.map((one) => has(one, 20)))
    stuck!.pause()
    server.process.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    const took = Number(/^stopped after (\d+) ms$/m.exec(server.output.text)?.[1])
    expect(took).toBeGreaterThanOrEqual(390)
    expect(took).toBeLessThan(5_000)
    for (const one of others) {
      expect((await one.ended).code).toBe(1001)
      expect(one.count).toBe(accepted(server, one))
    }
    stuck!.resume()
    await stuck!.ended
    expect(stuck!.inOrder).toBe(true)
  })
})
