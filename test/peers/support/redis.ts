import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type RedisClientType } from 'redis'
import { Transcript } from '../../support/transcript.ts'

/** A server of Redis that writes down each command, in a folder of its own. */
export class Redis implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'antiphon-redis-'))
  readonly #clients: RedisClientType[] = []
  #process: ChildProcess | undefined

  private constructor(port: number) {
    this.#port = port
    this.url = `redis://127.0.0.1:${port}`
  }

  /** Throws where there is no `redis-server`. */
  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort())
    await redis.start()
    return redis
  }

  /** Does nothing if it runs. */
  async start(): Promise<void> {
    if (this.#process !== undefined) return
    const settings = {
      port: this.#port,
      bind: '127.0.0.1',
      dir: this.#folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
    }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const failed = once(child, 'error').then(([cause]) => {
      throw new Error('these tests need redis-server on the PATH: apt-get install redis-server', {
        cause,
      })
    })
    this.#process = child
    await Promise.race([failed, new Transcript(child.stdout).until(/Ready to accept connections/)])
  }

  /** It has no time to say goodbye. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** A client, which ends together with the server. It fails while there is no connection. */
  async client(): Promise<RedisClientType> {
    const client: RedisClientType = createClient({ url: this.url, disableOfflineQueue: true })
    client.on('error', () => {})
    this.#clients.push(client)
    await client.connect()
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy()
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
