import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { DENO } from '../../runtimes/programs.ts'
import { pathTo } from '../../runtimes/root.ts'

/** What a program prints that may only listen and connect. Other tests set `NO_COLOR`, which hides what asks for `TERM`. */
async function printed(source: string, ...allowed: string[]): Promise<string> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
  const [deno = '', ...args] = DENO.filter((arg) => arg !== '--allow-read')
  const child = spawn(deno, [...args, ...allowed, '-'], { cwd: pathTo(''), env })
  child.stdin.end(source)
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return output + errors
}

const program = (engine: 'node' | 'deno', client: 'node' | 'client'): string => `
  import { serve } from 'antiphon'
  import { ${engine} } from 'antiphon/${engine}'
  import { connect } from 'antiphon/${client}'

  const server = await serve(() => (socket) => socket.onMessage((message) => socket.send(message)), ${engine}())
  const client = connect(server.url.replace('http', 'ws'))
  client.send('echoed')
  for await (const message of client.received()) {
    console.log(message.text())
    break
  }
  client.close()
  await client.closed
  await server.stop()`

test('antiphon/deno and antiphon/client need --allow-net only', async () => {
  expect(await printed(program('deno', 'client'))).toBe('echoed\n')
})

test('antiphon/node needs --allow-net, and the variable that srvx reads', async () => {
  expect(await printed(program('node', 'node'), '--allow-env=TERM')).toBe('echoed\n')
})
