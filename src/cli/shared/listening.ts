import type { Server } from '../../websocket/server.ts'
import { CommandError } from '../arguments/command-error.ts'
import { integer, notEmpty } from '../arguments/kinds.ts'
import { type Option, one } from '../arguments/options.ts'
import { onInterrupt, type Shell } from '../terminal/shell.ts'

/** Where commands listen, unless told otherwise: nobody else can reach it. */
export const HOSTNAME = '127.0.0.1'

/** Where to listen: the same for every command that does. */
export const LISTEN_OPTIONS: {
  readonly port: Option<number | undefined>
  readonly hostname: Option<string | undefined>
} = {
  port: one('N', integer(0, 65_535), 'to listen on; default 0: any free one'),
  hostname: one('HOST', notEmpty, `to listen on; default ${HOSTNAME}`),
}

/** A server that is being started. Rejects with a `CommandError` that says why it cannot listen there. */
export async function listening(
  starting: Promise<Server>,
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Promise<Server> {
  try {
    return await starting
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new CommandError(
      1,
      code === 'EADDRINUSE'
        ? `port ${port} of ${hostname} is in use: choose another one, or --port 0 for any free one`
        : `cannot listen on port ${port} of ${hostname}: ${message}`,
      { cause },
    )
  }
}

/** Without the slash at the end. */
export function webSocketUrl({ url }: Server): string {
  return url.replace(/^http/, 'ws')
}

/** Stops the server at the first SIGINT or SIGTERM after `ready`; the next one ends the process. */
export async function untilInterrupted(
  server: Server,
  shell: Shell,
  ready: () => void,
): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    const remove = onInterrupt(shell, () => {
      remove()
      resolve()
    })
  })
  ready()
  await interrupted
  await server.stop()
}
