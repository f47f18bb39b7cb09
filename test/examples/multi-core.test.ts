import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crowd } from '../../examples/multi-core/crowd.ts'
import { connect } from '../../src/node/index.ts'
import { testWsClient } from '../../src/testing/index.ts'
import type { Broker } from '../../src/topics/broker.ts'
import type { WsClient } from '../../src/websocket/client/ws-client.ts'
import { WebSocketClosedException } from '../../src/websocket/errors.ts'
import { bundledExample } from '../support/bundled-example.ts'
import { Transcript } from '../support/transcript.ts'

let example: Awaited<ReturnType<typeof bundledExample>>

beforeAll(async () => {
  // Workers are processes of their own.
  example = await bundledExample('multi-core')
})

afterAll(() => example[Symbol.dispose]())

/** The example in processes of its own, once two workers serve. */
class Crowd implements AsyncDisposable {
  readonly #process = spawn(process.execPath, [example.script], {
    env: { ...process.env, WORKERS: '2', PORT: '0', NODE_OPTIONS: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  readonly #output = new Transcript(this.#process.stdout)
  readonly #exited = once(this.#process, 'exit')

  /** What each worker says when it serves, once so many have. */
  async served(count: number): Promise<readonly { readonly pid: number; readonly port: number }[]> {
    await this.#output.until(new RegExp(`(crowd: [^\\n]*\\n){${count}}`))
    const lines = this.#output.text.matchAll(/worker (\d+) serves port (\d+)/g)
    return Array.from(lines, ([, pid, port]) => ({ pid: Number(pid), port: Number(port) }))
  }

  async stop(): Promise<unknown> {
    this.#process.kill('SIGTERM')
    const [code] = await this.#exited
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) await this.stop()
  }
}

async function people(port: number, count: number): Promise<readonly WsClient[]> {
  const clients = Array.from({ length: count }, () => connect(`ws://127.0.0.1:${port}/`))
  await Promise.all(clients.map((client) => client.opened))
  return clients
}

/** `undefined` when the connection was lost before anything came. */
async function firstWord(client: WsClient): Promise<string | undefined> {
  try {
    for await (const message of client.received()) return message.text()
  } catch (error) {
    if (!(error instanceof WebSocketClosedException)) throw error
  }
  return undefined
}

describe('a crowd on several cores', () => {
  test('hears in one process what is said there and elsewhere', () => {
    const here = new Set<(payload: Uint8Array) => void>()
    const broker: Broker = {
      publish(_topic, payload) {
        for (const receive of here) receive(payload)
      },
      subscribe(_topic, receive) {
        here.add(receive)
        return () => here.delete(receive)
      },
    }
    const [ann, ben] = [testWsClient(crowd(broker), '/'), testWsClient(crowd(broker), '/')]
    ann.send('hello')
    for (const client of [ann, ben]) {
      expect([...client.received()].map((message) => message.text())).toEqual(['hello'])
      client.close()
    }
  })

  test('is one crowd in two processes, in each of which everybody hears the same order', async () => {
    await using processes = new Crowd()
    const [first, second] = await processes.served(2)
    expect(first!.port).toBe(second!.port)
    expect(first!.pid).not.toBe(second!.pid)
    const clients = await people(first!.port, 6)
    for (const [i, client] of clients.entries()) client.send(`from ${i}`)
    const all = await Promise.all(
      clients.map(async (client) => {
        const heard: string[] = []
        for await (const message of client.received()) {
          heard.push(message.text())
          if (heard.length === clients.length) break
        }
        return heard
      }),
    )
    for (const heard of all) expect([...heard].sort()).toEqual(clients.map((_, i) => `from ${i}`))
    expect(new Set(all.map(String)).size).toBeLessThanOrEqual(2)
    const ends = clients.map((client) => client.closed)
    expect(await processes.stop()).toBe(0)
    expect((await Promise.all(ends)).map(({ code }) => code)).toEqual(clients.map(() => 1001))
  })

  test('goes on when one of them dies', async () => {
    await using processes = new Crowd()
    const [first, second] = await processes.served(2)
    const clients = await people(first!.port, 4)
    process.kill(first!.pid, 'SIGKILL')
    const [, , third] = await processes.served(3)
    expect([first!.pid, second!.pid]).not.toContain(third!.pid)
    const late = await people(third!.port, 2)
    late[0]!.send('still here')
    const heard = await Promise.all([...clients, ...late].map(firstWord))
    expect(heard.slice(-2)).toEqual(['still here', 'still here'])
    expect(new Set(heard)).toEqual(new Set([undefined, 'still here']))
  })
})
