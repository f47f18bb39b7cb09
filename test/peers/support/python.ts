import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type {
  Closing,
  Content,
  PeerClient,
  PeerServer,
  PeerSocket,
} from '../../support/peers/peer.ts'
import { Queue } from '../../support/queue.ts'
import { tlsFiles } from '../../support/tls.ts'

/** What the scripts say, one of these to a line. */
interface Event {
  readonly protocol?: string
  readonly extensions?: string
  readonly text?: string
  /** In base64. */
  readonly bytes?: string
  readonly pong?: string
  readonly code?: number
  readonly reason?: string
  readonly url?: string
  readonly result?: unknown
}

/** Throws when there is no Python with `websockets`. */
export function checkPython(): void {
  checkPackage('websockets', 'websockets.asyncio.client')
}

/** Throws when there is no Python with `hypercorn`. */
export function checkHypercorn(): void {
  checkPackage('hypercorn', 'hypercorn.asyncio')
}

/** Throws when there is no Python with `h2`, which comes with `hypercorn`. */
export function checkH2(): void {
  checkPackage('h2', 'h2.connection')
}

function checkPackage(name: string, module: string): void {
  try {
    execFileSync('python3', ['-c', `import ${module}`], { stdio: 'pipe' })
  } catch (cause) {
    throw new Error(
      `these tests need python3 on the PATH, with the package ${name}: pip install ${name}`,
      { cause },
    )
  }
}

/** A script of `test/peers/python/`, and what it says. */
function runPython(
  script: string,
  ...args: readonly string[]
): { readonly process: ChildProcessWithoutNullStreams; readonly events: Queue<Event> } {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  const process = spawn('python3', [path, ...args])
  const events = new Queue<Event>()
  let complaints = ''
  createInterface({ input: process.stdout }).on('line', (line) => events.push(JSON.parse(line)))
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  process.on('close', (code) => events.fail(new Error(`${script} ended (${code}): ${complaints}`)))
  return { process, events }
}

/** The client of Python's `websockets`, with its own defaults: it offers permessage-deflate. */
export const pythonClient: PeerClient = {
  name: "Python's websockets",
  async open(url, protocols = []) {
    const { process, events } = runPython('client.py', url, tlsFiles.ca, ...protocols)
    const { protocol = '', extensions = '' } = await events.next()
    return new PythonSocket(process, events, protocol, extensions)
  },
}

class PythonSocket implements PeerSocket {
  readonly protocol: string
  readonly extensions: string
  readonly closed: Promise<Closing>
  readonly #process: ChildProcessWithoutNullStreams
  readonly #received = new Queue<Content>()
  readonly #pongs = new Queue<string>()

  constructor(
    process: ChildProcessWithoutNullStreams,
    events: Queue<Event>,
    protocol: string,
    extensions: string,
  ) {
    this.#process = process
    this.protocol = protocol
    this.extensions = extensions
    this.closed = this.#sort(events)
  }

  send(content: Content): void {
    if (typeof content === 'string') this.#tell({ text: content })
    else this.#tell({ bytes: Buffer.from(content).toString('base64') })
  }

  receive(): Promise<Content> {
    return this.#received.next()
  }

  close(code = 1000, reason = ''): void {
    this.#tell({ close: code, reason })
  }

  sendFragments(fragments: readonly string[]): void {
    this.#tell({ fragments })
  }

  ping(payload: string): Promise<string> {
    this.#tell({ ping: payload })
    return this.#pongs.next()
  }

  #tell(order: object): void {
    if (!this.#process.stdin.writableEnded) this.#process.stdin.write(`${JSON.stringify(order)}\n`)
  }

  async #sort(events: Queue<Event>): Promise<Closing> {
    for (;;) {
      const { text, bytes, pong, code, reason = '' } = await events.next()
      if (text !== undefined) this.#received.push(text)
      if (bytes !== undefined) this.#received.push(Uint8Array.from(Buffer.from(bytes, 'base64')))
      if (pong !== undefined) this.#pongs.push(pong)
      if (code === undefined) continue
      this.#received.fail(new Error(`closed with ${code}`))
      this.#process.stdin.end()
      return { code, reason }
    }
  }
}

/** The server of Python's `websockets`. */
export function startPythonServer(secure: boolean): Promise<PeerServer> {
  return startServer('server.py', ...(secure ? [tlsFiles.cert, tlsFiles.key] : []))
}

/** Plays a scene of `h2_client.py` with a server of ours, and returns what came of it. */
export async function playH2(
  port: number,
  scene: string,
  ...args: readonly (string | number)[]
): Promise<unknown> {
  const where = ['127.0.0.1', `${port}`, tlsFiles.ca]
  const { events } = runPython('h2_client.py', ...where, scene, ...args.map(String))
  return (await events.next()).result
}

/** Hypercorn, which has HTTP/2. */
export function startHypercorn(): Promise<PeerServer> {
  return startServer('hypercorn_server.py', tlsFiles.cert, tlsFiles.key)
}

async function startServer(script: string, ...args: readonly string[]): Promise<PeerServer> {
  const { process, events } = runPython(script, ...args)
  const { url = '' } = await events.next()
  return {
    url,
    async closing() {
      const { code = 0, reason = '' } = await events.next()
      return { code, reason }
    },
    async stop() {
      process.stdin.end()
      await once(process, 'close')
    },
  }
}
