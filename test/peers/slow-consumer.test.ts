import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'

/** The built package: what is measured is a process of its own, as users run it. */
const MAIN = new URL('../../dist/index.js', import.meta.url).href
const NODE = new URL('../../dist/node/index.js', import.meta.url).href

const MIB = 1024 * 1024

/** Of 1 MiB each. */
const MESSAGES = 1024

/** How long the reader sleeps, in milliseconds. */
const NAP = 1500

const PRELUDE = `
  import { serve, webSocket, websockets } from '${MAIN}'
  import { node, SessionClient } from '${NODE}'
  const MESSAGES = ${MESSAGES}
  const say = (facts) => console.log(JSON.stringify(facts))
  const sleep = () => new Promise((resolve) => setTimeout(resolve, ${NAP}))
  const rss = () => process.memoryUsage().rss
  let peak = rss()
  const before = peak
  setInterval(() => { peak = Math.max(peak, rss()) }, 10).unref()
  const grown = () => Math.max(peak, rss()) - before
  async function offer(session) {
    let sent = 0
    const early = sleep().then(() => say({ during: sent }))
    const content = new Uint8Array(${MIB})
    while (sent < MESSAGES) {
      await session.send(content)
      sent++
    }
    await early
  }
  async function nap(session) {
    await sleep()
    let bytes = 0
    for await (const frame of session.incoming) {
      bytes += frame.byteLength
      if (bytes === MESSAGES * ${MIB}) break
    }
    say({ received: bytes })
  }
`

const children: ChildProcess[] = []

beforeAll(() => {
  if (!existsSync(new URL(MAIN))) throw new Error('dist is not there: run `npm run build`')
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs a program and hears what it says, one object a line. */
function run(program: string): AsyncIterator<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PRELUDE + program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return createInterface(child.stdout)[Symbol.asyncIterator]()
}

async function heard(lines: AsyncIterator<string>): Promise<Record<string, number>> {
  const { value } = await lines.next()
  return JSON.parse(String(value))
}

describe('1 GiB offered to a reader that sleeps', () => {
  test.each([
    { sender: 'client', route: 'nap', block: 'offer' },
    { sender: 'server', route: 'offer', block: 'nap' },
  ])(
    'by a $sender waits for it, and neither side’s memory grows',
    async ({ sender, route, block }) => {
      const server = run(`
      const app = websockets(webSocket('/', async (session) => {
        await ${route}(session)
        await session.closed
        say({ grown: grown() })
      }))
      say({ port: (await serve(app, node())).port })
    `)
      const { port } = await heard(server)
      const client = run(`
      const client = new SessionClient()
      const session = await client.webSocketSession('ws://127.0.0.1:${port}/')
      await ${block}(session)
      await session.close()
      say({ grown: grown() })
    `)
      const [sending, reading] = sender === 'client' ? [client, server] : [server, client]
      const { during } = await heard(sending)
      expect(during).toBeLessThan(32)
      expect(await heard(reading)).toEqual({ received: MESSAGES * MIB })
      const grown = await Promise.all([heard(sending), heard(reading)])
      for (const { grown: bytes } of grown) expect(bytes).toBeLessThan(128 * MIB)
    },
  )
})
