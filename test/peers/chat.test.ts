import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ChromiumPage } from '../../runtimes/chromium.ts'
import { useChromium } from './support/chromium.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TSC = `${ROOT}node_modules/typescript/bin/tsc`
const SERVER = `${ROOT}dist-examples/chat/server.js`

interface ChatServer {
  readonly url: string
  readonly port: number
  /** Asks it to end, as a terminal or a service manager does; resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

const open = useChromium()
const children: ChildProcess[] = []

beforeAll(() => {
  const args = [TSC, '-p', 'tsconfig.examples.json']
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' })
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function run(port: number): ChildProcess {
  const env = { ...process.env, PORT: String(port) }
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

/** All that a stream of a child says until it ends, or until `enough` is found in it. */
async function heard(stream: ChildProcess['stdout'], enough?: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of stream!) {
    text += String(chunk)
    if (enough?.test(text) === true) break
  }
  return text
}

async function serveChat(port = 0): Promise<ChatServer> {
  const child = run(port)
  const said = await heard(child.stdout, /\n/)
  const match = /^chat: (http:\/\/127\.0\.0\.1:(\d+)\/)\n$/.exec(said)
  if (match === null) throw new Error(`no chat: ${said}${await heard(child.stderr)}`)
  return {
    url: match[1]!,
    port: Number(match[2]),
    async end(signal = 'SIGTERM') {
      const exited = once(child, 'exit')
      child.kill(signal)
      const [code] = await exited
      return code
    },
  }
}

async function join(url: string, name: string): Promise<ChromiumPage> {
  const opened = await open(url)
  const { page } = opened
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Join the room' }).click()
  await shows(page, '#state', 'Connected')
  return opened
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Waits until one of the elements shows the text. */
async function shows(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await expect
    .poll(() => page.locator(selector).allInnerTexts(), { timeout: 20_000 })
    .toEqual(expect.arrayContaining([expect.stringMatching(text)]))
}

const people = (page: Page): Promise<string[]> => page.locator('#people bdi').allInnerTexts()

/** What was said, as `name: text`. */
const log = (page: Page): Promise<string[]> =>
  page
    .locator('.message')
    .evaluateAll((items) =>
      items.map(
        (item) =>
          `${item.querySelector('bdi')?.textContent}: ${item.querySelector('.text')?.textContent}`,
      ),
    )

describe('two browsers in the chat', () => {
  test('join a room, talk, and one sees the other leave', async () => {
    const { url } = await serveChat()
    const ann = await join(`${url}#tea`, 'ann')
    const ben = await join(`${url}#tea`, 'ben')
    await shows(ann.page, '.notice', /^ben joined/)
    expect(await people(ann.page)).toEqual(['ann', 'ben'])
    expect(await people(ben.page)).toEqual(['ben', 'ann'])

    await say(ann.page, 'milk <b>first</b>?')
    await shows(ben.page, '.text', 'milk')
    await say(ben.page, 'never')
    await shows(ann.page, '.text', 'never')
    const said = ['ann: milk <b>first</b>?', 'ben: never']
    expect(await log(ann.page)).toEqual(said)
    expect(await log(ben.page)).toEqual(said)
    expect(await ann.page.locator('.mine .text').allInnerTexts()).toEqual(['milk <b>first</b>?'])

    await ben.close()
    await shows(ann.page, '.notice', /^ben left/)
    expect(await people(ann.page)).toEqual(['ann'])

    const again = await join(`${url}#tea`, 'ben')
    await shows(again.page, '.notice', /^You are here as ben/)
    expect(await log(again.page)).toEqual(said)
    expect([...ann.errors, ...ben.errors, ...again.errors]).toEqual([])
  })

  test('have names that differ, and rooms that a link leads to', async () => {
    const { url } = await serveChat()
    const ann = await join(url, 'ann')
    expect(ann.page.url()).toBe(`${url}#lobby`)
    const other = await join(ann.page.url(), 'ann')
    await shows(other.page, '.notice', /^You are here as ann 2$/)
    await shows(ann.page, '#people bdi', 'ann 2')

    await other.page.goto(`${url}#tea`)
    await shows(other.page, '.notice', /^You are here as ann$/)
    await shows(ann.page, '.notice', /^ann 2 left/)
    await other.page.reload()
    await shows(other.page, '#state', 'Connected')
    expect(await other.page.locator('#room-name').innerText()).toBe('tea')
  })

  test('are told what was wrong with a name, at the door', async () => {
    const { url } = await serveChat()
    const { page, errors } = await open(url)
    await page.getByLabel('Your name').fill('   ')
    await page.getByRole('button', { name: 'Join the room' }).click()
    await shows(page, '#door-problem', '"name" must not be empty')
    await page.getByLabel('Your name').fill('ann')
    await page.getByRole('button', { name: 'Join the room' }).click()
    await shows(page, '#state', 'Connected')
    expect(errors).toEqual([])
  })
})

describe('a page of the chat', () => {
  test('comes back by itself after the server was restarted, with the draft it had', async () => {
    const server = await serveChat()
    const { page, errors } = await join(server.url, 'ann')
    await page.getByRole('textbox', { name: 'Message' }).fill('an unsent draft')
    expect(await server.end()).toBe(0)
    await shows(page, '#state', 'Connection lost')
    await shows(page, '#trouble-text', /^Reconnecting in \d+ s$/)
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)

    await serveChat(server.port)
    await shows(page, '#state', 'Connected')
    expect(await page.locator('#trouble').isVisible()).toBe(false)
    await page.getByRole('textbox', { name: 'Message' }).press('Enter')
    await shows(page, '.mine .text', 'an unsent draft')
    expect(errors.filter((error) => !error.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  })

  test('says when it is offline, and comes back with the network', async () => {
    const server = await serveChat()
    const { page } = await join(server.url, 'ann')
    await page.context().setOffline(true)
    await server.end()
    await shows(page, '#state', 'Offline')
    await shows(page, '#trouble-text', /^You are offline\. Trying again in \d+ s$/)

    await serveChat(server.port)
    await page.context().setOffline(false)
    await shows(page, '#state', 'Connected')
  })
})

describe('the server of the chat', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('says goodbye with 1001 at %s', async (signal) => {
    const server = await serveChat()
    const { page } = await open(server.url)
    await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(new URL('/rooms/tea', url))
          socket.onopen = resolve
          socket.onclose = ({ code, reason }) => document.body.append(`${code} ${reason}`)
        }),
      server.url,
    )
    expect(await server.end(signal)).toBe(0)
    await shows(page, 'body', '1001 Going away')
  })

  test('says that its port is in use, and exits with 1', async () => {
    const { port } = await serveChat()
    const child = run(port)
    const exited = once(child, 'exit')
    expect(await heard(child.stderr)).toBe(
      `chat: port ${port} is in use; choose another with PORT=9001 npm start\n`,
    )
    expect(await exited).toEqual([1, null])
  })
})
