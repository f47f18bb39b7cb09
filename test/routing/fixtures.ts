import { OWN_ENGINE } from '../../src/websocket/capability.ts'
import type { FrameSocket } from '../../src/websocket/frame-socket.ts'
import { requestOf, type UpgradeRequest } from '../../src/websocket/request/upgrade-request.ts'
import type { WsConsumer, WsHandler } from '../../src/websocket/ws-handler.ts'

/** A request for a path, such as `/rooms/7?x=1`. */
export function get(path: string, init?: RequestInit): UpgradeRequest {
  return requestOf(fetched(path, init))
}

export function fetched(path: string, init?: RequestInit): Request {
  return new Request(`http://host${path}`, init)
}

const link: FrameSocket['link'] = {
  engine: OWN_ENGINE,
  pause: () => {},
  resume: () => {},
  ping: () => {},
  onPong: () => () => {},
  flush: () => Promise.resolve(),
  sendFrame: () => true,
  onControl: () => () => {},
  limits: { maxFrameSize: 0, maxMessageSize: 0 },
  pings: { pingInterval: 0, pongTimeout: 0 },
  closeRecord: undefined,
  extensions: [],
}

/** A socket that only remembers what was sent. */
export function socketStub(): FrameSocket & { readonly sent: string[] } {
  const sent: string[] = []
  return {
    sent,
    upgradeRequest: get('/'),
    protocol: '',
    state: 'open',
    bufferedAmount: 0,
    link,
    frames: { onFrame: () => () => {}, send: () => true, masking: false },
    send: (message) => sent.push(typeof message === 'string' ? message : 'no text') > 0,
    drained: () => Promise.resolve(),
    close: () => {},
    terminate: () => {},
    onMessage: () => () => {},
    onError: () => () => {},
    onClose: () => () => {},
  }
}

/** A consumer that sends one text. */
export function says(text: string): WsConsumer {
  return (socket) => socket.send(text)
}

/**
 * What a client of the handler would see: the texts that the consumer sends, the status of a refusal, or `undefined`
 * when the handler leaves the request.
 */
export async function answerOf(
  handler: WsHandler<FrameSocket>,
  request: UpgradeRequest | string,
): Promise<string[] | number | undefined> {
  const decision = await handler(typeof request === 'string' ? get(request) : request)
  if (decision === undefined) return undefined
  if (decision instanceof Response) return decision.status
  const socket = socketStub()
  await (typeof decision === 'function' ? decision : decision.consumer)(socket)
  return socket.sent
}
