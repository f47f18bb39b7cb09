import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { echo as echoing } from '../../src/cli/echo.ts'
import { run } from '../../src/cli/run.ts'
import { connect } from '../../src/node/index.ts'
import { WebSocketExtensions } from '../../src/protocol/deflate/web-socket-extensions.ts'
import { testWsClient } from '../../src/testing/index.ts'
import { WebSocketUpgradeException } from '../../src/websocket/errors.ts'
import { FakeShell } from '../support/fake-shell.ts'
import { HAS_IPV6 } from '../support/ipv6.ts'

const shells: FakeShell[] = []

afterEach(() => {
  for (const shell of shells.splice(0)) shell.emit('SIGTERM')
})

/** Runs `antiphon echo` until it listens. */
async function echo(
  ...args: readonly string[]
): Promise<{ readonly url: string; readonly shell: FakeShell; readonly code: Promise<number> }> {
  const shell = new FakeShell()
  shells.push(shell)
  const code = run(['echo', ...args], shell)
  const [, url = ''] = await shell.output.until(/^listening on (\S+)\n$/)
  return { url, shell, code }
}

async function status(url: string, headers: Record<string, string> = {}): Promise<number> {
  const failure: unknown = await connect(url, { headers }).opened.catch((error: unknown) => error)
  return failure instanceof WebSocketUpgradeException ? failure.status : 101
}

describe('antiphon echo', () => {
  test('prints where it listens, and echoes every message as it came', async () => {
    const { url } = await echo('--port', '0')
    expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/)
    await using client = connect(url)
    const sent = ['hello', '', 'wörld €😀', Uint8Array.of(0, 1, 255), new Uint8Array(0)]
    for (const content of sent) client.send(content)
    const received: unknown[] = []
    for await (const message of client.received()) {
      received.push(message.mode === 'text' ? message.text() : message.bytes())
      if (received.length === sent.length) break
    }
    expect(received).toEqual(sent)
  })

  test('echoes on any path, or on the one it is given', async () => {
    const any = await echo()
    expect(await status(`${any.url}some/where?a=b`)).toBe(101)
    const one = await echo('--path', '/x')
    expect(one.url).toMatch(/:\d+\/x$/)
    expect(await status(`${one.url}?a=b`)).toBe(101)
    expect(await status(`${one.url}y`)).toBe(404)
  })

  test('listens where it is told to', async () => {
    const { url } = await echo('--hostname', 'localhost')
    expect(url).toMatch(/^ws:\/\/localhost:\d+\/$/)
    expect(await status(url)).toBe(101)
  })

  test.runIf(HAS_IPV6)('listens on IPv6 when told to', async () => {
    const { url } = await echo('--hostname', '::1')
    expect(url).toMatch(/^ws:\/\/\[::1\]:\d+\/$/)
    expect(await status(url)).toBe(101)
  })

  test('takes pages of any origin, or those it is given', async () => {
    const any = await echo()
    expect(await status(any.url, { Origin: 'https://example.org' })).toBe(101)
    const some = await echo('--origin', 'https://a.example', '--origin', 'null')
    expect(await status(some.url, { Origin: 'https://a.example' })).toBe(101)
    expect(await status(some.url, { Origin: 'null' })).toBe(101)
    expect(await status(some.url, { Origin: 'https://example.org' })).toBe(403)
  })

  test('speaks a subprotocol when it is offered, the client preferring', async () => {
    const { url } = await echo('--protocol', 'a', '--protocol', 'b')
    const spoken = async (...protocols: readonly string[]): Promise<string> => {
      await using client = connect(url, { protocols })
      return (await client.opened).protocol
    }
    expect(await spoken('c', 'b', 'a')).toBe('b')
    expect(await spoken('c')).toBe('')
    expect(await spoken()).toBe('')
  })

  test('closes with 1009 for what is larger than its limit', async () => {
    const { url } = await echo('--max-message-size', '10')
    await using client = connect(url)
    client.send('1234567890')
    client.send('12345678901')
    expect(await client.closed).toMatchObject({ code: 1009 })
    expect(client.received()[Symbol.iterator]().next().value?.text()).toBe('1234567890')
  })

  test('compresses when told to, and only then', async () => {
    const extensions = [WebSocketExtensions.deflate()]
    const agreed = async (...args: readonly string[]): Promise<number> => {
      const { url } = await echo(...args)
      await using client = connect(url, { extensions })
      client.send('hello '.repeat(1000))
      for await (const message of client.received()) {
        expect(message.byteLength).toBe(6000)
        break
      }
      return (await client.opened).link.extensions.length
    }
    expect(await agreed()).toBe(0)
    expect(await agreed('--deflate')).toBe(1)
  })

  test('reads no faster than its peer does', async () => {
    const drained = vi.fn<() => Promise<void>>(() => Promise.resolve())
    const client = testWsClient(() => (socket) => {
      vi.spyOn(socket, 'send').mockReturnValueOnce(true).mockReturnValueOnce(false)
      vi.spyOn(socket, 'drained').mockImplementation(drained)
      echoing(socket)
    })
    client.send('quick')
    expect(drained).toHaveBeenCalledTimes(0)
    client.send('slow')
    expect(drained).toHaveBeenCalledTimes(1)
  })

  test('answers a request that is no upgrade with 426', async () => {
    const { url } = await echo()
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(426)
  })

  test.each(['SIGINT', 'SIGTERM'])('on %s says 1001 to its peers and ends', async (signal) => {
    const { url, shell, code } = await echo()
    const client = connect(url)
    await client.opened
    shell.emit(signal)
    expect(await client.closed).toMatchObject({ code: 1001 })
    expect(await code).toBe(0)
    expect(shell.listenerCount(signal)).toBe(0)
  })

  test('says that a port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const shell = new FakeShell()
    expect(await run(['echo', '--port', `${port}`], shell)).toBe(1)
    expect(shell.errors.text).toBe(
      `antiphon echo: port ${port} of 127.0.0.1 is in use: choose another one, or --port 0 for any free one\n`,
    )
    taken.close()
  })

  test('says why it cannot listen', async () => {
    const shell = new FakeShell()
    expect(await run(['echo', '--hostname', '192.0.2.1'], shell)).toBe(1)
    expect(shell.errors.text).toMatch(
      /^antiphon echo: cannot listen on port 0 of 192\.0\.2\.1: .*EADDRNOTAVAIL.*\n$/,
    )
  })
})
