import type { WebSocketExtensionFactory } from '../../protocol/extension/extension.ts'
import type { HeadersInput } from '../../protocol/headers/header-field.ts'
import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsMessage } from '../../websocket/ws-message.ts'
import { ContractFailure } from './assert.ts'

/** What a client of a contract has to be able to say. */
export interface ClientOptions {
  /** Subprotocols to offer. */
  readonly protocols?: string | readonly string[] | undefined
  /** Further headers of the request. */
  readonly headers?: HeadersInput | undefined
  /** `'frames'`: the socket in `opened` has `frames`. */
  readonly mode?: 'messages' | 'frames' | undefined
  /** To offer. */
  readonly extensions?: readonly WebSocketExtensionFactory[] | undefined
}

/** The next message; rejects when there is none any more. */
export async function next(client: WsClient): Promise<WsMessage> {
  for await (const message of client.received()) return message
  throw new ContractFailure(`no more messages: closed with ${(await client.closed).toString()}`)
}

export async function nextText(client: WsClient): Promise<string> {
  return (await next(client)).text()
}

export async function nextJson(client: WsClient): Promise<unknown> {
  return (await next(client)).json()
}

/** The next so many messages. */
export async function texts(client: WsClient, count: number): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < count) taken.push(await nextText(client))
  return taken
}

/** Code and text of the end, as one string. */
export async function ended(client: WsClient): Promise<string> {
  const { code, message } = await client.closed
  return `${code} ${message}`.trimEnd()
}

/** The socket of a client that speaks in frames. */
export async function frameSocket(client: WsClient): Promise<FrameSocket> {
  const socket = await client.opened
  if (hasFrames(socket)) return socket
  throw new ContractFailure("the client was asked for the mode 'frames' and has none")
}

function hasFrames(socket: Websocket): socket is FrameSocket {
  return 'frames' in socket
}
