import { describe, expect, test } from 'vitest'
import { antiphon, echoing, Program } from '../support/program.ts'

describe('the built command', () => {
  test('echoes to its own client, and both end well', async () => {
    await using server = await echoing()
    await using client = new Program(antiphon('connect', server.url, '--wait', 'forever'))
    client.process.stdin.write('hello\n')
    await client.output.until(/^hello\n$/)
    client.process.kill('SIGINT')
    expect(await client.exited).toBe(0)
    expect(client.errors.text).toBe(
      `connected to ${server.url}\nclosed by this side, sent 1000, received 1000\n`,
    )
    expect(await server.stop()).toBe(0)
    expect(server.output.text).toBe(`listening on ${server.url}\n`)
    expect(server.errors.text).toBe('')
  })

  test('lets go of an input that is still open when the server closes', async () => {
    await using server = await echoing()
    await using client = new Program(antiphon('connect', server.url))
    await client.errors.until(/connected/)
    await server.stop('SIGINT')
    expect(await client.exited).toBe(0)
    expect(client.errors.text).toMatch(/\nclosed by the server, sent 1001.*, received 1001.*\n$/)
  })

  test('exits with 2 when it is called wrongly', async () => {
    await using command = new Program(antiphon('echo', '--prot', '1'))
    expect(await command.exited).toBe(2)
    expect(command.errors.text).toMatch(/^antiphon echo: there is no option '--prot': .*\n$/)
  })
})
