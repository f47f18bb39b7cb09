import { node } from '../node/engine.ts'
import { WebSocketExtensions } from '../protocol/deflate/web-socket-extensions.ts'
import { quote } from '../protocol/errors/quote.ts'
import { SERVER_LIMITS } from '../protocol/frame/limits.ts'
import { bind } from '../routing/bind.ts'
import { websockets } from '../routing/ws-router.ts'
import { serve } from '../serving/engine.ts'
import { accept } from '../websocket/accept.ts'
import { offeredSubprotocols } from '../websocket/request/offered-subprotocols.ts'
import type { Server } from '../websocket/server.ts'
import type { WsConsumer, WsHandler } from '../websocket/ws-handler.ts'
import { type Command, command } from './arguments/command.ts'
import { CommandError } from './arguments/command-error.ts'
import { integer, literalPath, origin, subprotocol } from './arguments/kinds.ts'
import { flag, many, type OptionValues, one } from './arguments/options.ts'
import {
  HOSTNAME,
  LISTEN_OPTIONS,
  listening,
  untilInterrupted,
  webSocketUrl,
} from './shared/listening.ts'

const options = {
  ...LISTEN_OPTIONS,
  path: one('PATH', literalPath, 'the only path to echo on; default any'),
  'max-message-size': one(
    'BYTES',
    integer(0, undefined, 'bytes'),
    `more closes with 1009; default ${SERVER_LIMITS.maxMessageSize}`,
  ),
  deflate: flag('accepts permessage-deflate'),
  origin: many('ORIGIN', origin, 'repeatable: of pages that may connect; default any'),
  protocol: many('NAME', subprotocol, 'repeatable: a subprotocol to speak when offered'),
}

/** A server that echoes every message as it came. */
export const echoCommand: Command = command(
  {
    name: 'echo',
    summary: 'serves a WebSocket that echoes every message as it came',
    positionals: '',
    options,
    notes: 'Prints where it listens once it is ready. Ctrl-C closes all sockets with 1001.',
  },
  async ({ values, positionals }, shell) => {
    if (positionals.length > 0) {
      throw new CommandError(2, `echo takes options only, and not ${quote(positionals[0]!)}`)
    }
    const server = await listen(values)
    await untilInterrupted(server, shell, () => {
      shell.stdout.write(`listening on ${webSocketUrl(server)}${values.path ?? '/'}\n`)
    })
    return 0
  },
)

/** Reads no faster than its peer does: what cannot be sent yet holds up reading. */
export const echo: WsConsumer = (socket) => {
  socket.onMessage((message) => socket.send(message) || socket.drained())
}

async function listen(values: OptionValues<typeof options>): Promise<Server> {
  const { port = 0, hostname = HOSTNAME, path, deflate, origin: origins } = values
  const maxMessageSize = values['max-message-size']
  const handler = echoHandler(values.protocol)
  const engine = node({
    port,
    hostname,
    webSockets: {
      ...(maxMessageSize !== undefined && { maxMessageSize }),
      extensions: deflate ? [WebSocketExtensions.perMessageDeflate()] : [],
      origin: origins.length > 0 ? origins : 'any',
      slowConsumer: 'wait',
    },
  })
  return listening(serve(path === undefined ? handler : websockets(bind(path, handler)), engine), {
    hostname,
    port,
  })
}

function echoHandler(protocols: readonly string[]): WsHandler {
  return (request) => {
    const protocol = offeredSubprotocols(request).find((offer) => protocols.includes(offer))
    return protocol === undefined ? echo : accept(echo, { protocol })
  }
}
