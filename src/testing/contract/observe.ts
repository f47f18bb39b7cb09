import { turn } from '../clock/in-time.ts'
import { ContractFailure, expectEqual } from './assert.ts'
import { nextJson } from './clients.ts'
import type { ServerContext } from './server-context.ts'

/** What the server wrote down under `id`, once it is as many lines as expected. */
export async function logged(
  context: ServerContext,
  id: string,
  count: number,
): Promise<readonly string[]> {
  for (;;) {
    const lines = await linesOf(context, id)
    if (lines.length >= count) return lines
    // What is waited for may need a turn of the event loop.
    await turn()
  }
}

/** Compares what the server wrote down, once it is as much. */
export async function expectLog(
  context: ServerContext,
  id: string,
  expected: readonly string[],
): Promise<void> {
  expectEqual('what the server saw', await logged(context, id, expected.length), expected)
}

/** Lets go on what waits on the server under `id`. */
export async function resume({ connect }: ServerContext, id: string): Promise<void> {
  await connect(`/resume/${id}`).closed
}

async function linesOf({ connect }: ServerContext, id: string): Promise<readonly string[]> {
  const client = connect(`/log/${id}`)
  const lines = await nextJson(client)
  await client.closed
  if (Array.isArray(lines)) return lines.map(String)
  throw new ContractFailure('the log is not a list')
}
