import { node } from '../../node/engine.ts'
import { CLIENT_LIMITS } from '../../protocol/frame/limits.ts'
import { serve } from '../../serving/engine.ts'
import { PATIENCE } from '../../testing/expect/verdict.ts'
import { type Clock, systemClock } from '../../websocket/support/clock.ts'
import { lastingClock } from '../../websocket/support/lasting-clock.ts'
import { type Command, command } from '../arguments/command.ts'
import { CommandError } from '../arguments/command-error.ts'
import { milliseconds } from '../arguments/kinds.ts'
import { flag, type OptionValues, one } from '../arguments/options.ts'
import { CLIENT_OPTIONS, connectOptions } from '../shared/client-options.ts'
import {
  HOSTNAME,
  LISTEN_OPTIONS,
  listening,
  untilInterrupted,
  webSocketUrl,
} from '../shared/listening.ts'
import { escapeText } from '../terminal/escape.ts'
import { onInterrupt, type Shell } from '../terminal/shell.ts'
import { playAsServer } from './play-as-server.ts'
import { playToServer } from './play-to-server.ts'
import { connectionsOf, readRecording } from './recording.ts'
import { showDifference } from './show-difference.ts'

const options = {
  fast: flag('leaves out the time between messages'),
  within: one(
    'TIME',
    milliseconds(0),
    `that answers may take longer; default ${PATIENCE / 1_000}s`,
  ),
  ...LISTEN_OPTIONS,
  ...CLIENT_OPTIONS,
}

type Values = OptionValues<typeof options>

/** What means nothing to the other role. */
const OF_SERVER = ['hostname'] as const
const OF_CLIENT = ['within', 'header', 'protocol', 'origin', 'insecure', 'timeout'] as const

function isGiven(value: Values[keyof Values]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
}

const clock: Clock = { ...systemClock, ...lastingClock }

/** A recording, once more: its clients to a server, or its server to clients. */
export const replayCommand: Command = command(
  {
    name: 'replay',
    summary: 'plays recorded traffic to a server, or as the server',
    positionals: 'FILE [URL]',
    options,
    notes: `The file is one of 'antiphon connect --record' or of recordFile.

With a URL, it does what the clients did, and prints where the server's answers
differ. A URL whose path is / takes path and query from the recording. What a
recording hides, such as credentials, is to be given with --header, or in the
URL.

With --port, it answers those who connect as the server did: a connection gets
what the first one with its path got, the next one what the second one got, and
so on. What is to come from the client is waited for; if something else comes,
that is told, and the recording goes on.

Exit code: 0 when all answers were the same, and when the server was stopped; 2
for wrong arguments; 1 otherwise.`,
  },
  ({ values, positionals }, shell) => {
    const [path, url, ...more] = positionals
    if (path === undefined) throw new CommandError(2, 'no file: give one, and a URL or --port')
    if (more.length > 0) throw new CommandError(2, 'replay takes one file and one URL')
    if ((url === undefined) === (values.port === undefined)) {
      const message = 'give a URL, to play the clients to, or --port, to play the server'
      throw new CommandError(2, message)
    }
    const needless = (url === undefined ? OF_CLIENT : OF_SERVER).find((name) =>
      isGiven(values[name]),
    )
    if (needless !== undefined) {
      const role =
        url === undefined ? 'with --port, it is the server' : 'with a URL, it is the client'
      throw new CommandError(2, `${role}: leave out --${needless}`)
    }
    return url === undefined ? asServer(path, values, shell) : toServer(path, url, values, shell)
  },
)

function teller({ stderr }: Shell): (line: string) => void {
  return (line) => void stderr.write(`${escapeText(line)}\n`)
}

async function toServer(path: string, url: string, values: Values, shell: Shell): Promise<number> {
  const entries = await readRecording(path, teller(shell))
  const abort = new AbortController()
  const remove = onInterrupt(shell, () => abort.abort())
  let differences = 0
  const target = {
    url,
    connect: connectOptions(values),
    clock,
    fast: values.fast,
    within: values.within ?? PATIENCE,
    signal: abort.signal,
  }
  try {
    await playToServer(entries, target, (difference) => {
      differences++
      shell.stdout.write(showDifference(difference))
    })
  } finally {
    remove()
  }
  const played = entries.length === 1 ? '1 entry' : `${entries.length} entries`
  const found = differences === 1 ? '1 difference' : `${differences} differences`
  const stopped = abort.signal.aborted ? ', stopped before the end' : ''
  shell.stderr.write(`${played} replayed: ${found}${stopped}\n`)
  return differences === 0 && !abort.signal.aborted ? 0 : 1
}

async function asServer(path: string, values: Values, shell: Shell): Promise<number> {
  const connections = connectionsOf(await readRecording(path, teller(shell)))
  const { port = 0, hostname = HOSTNAME, fast } = values
  const maxMessageSize = values['max-message-size'] ?? CLIENT_LIMITS.maxMessageSize
  const handler = playAsServer(connections, {
    clock,
    fast,
    tell: teller(shell),
  })
  const webSockets = { origin: 'any', maxMessageSize } as const
  const server = await listening(serve(handler, node({ port, hostname, webSockets })), {
    hostname,
    port,
  })
  await untilInterrupted(server, shell, () => {
    const paths = new Set(connections.map(({ open }) => new URL(open.url).pathname))
    for (const each of paths) shell.stdout.write(`listening on ${webSocketUrl(server)}${each}\n`)
  })
  return 0
}
