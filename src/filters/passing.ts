import type { Frame } from '../protocol/frame/frame.ts'
import { WsMessage, type WsMode } from '../websocket/ws-message.ts'

/** What passes through a socket: a message, or a frame if it is a socket of frames or a session sends single frames. */
export type Passing = WsMessage | Frame

/** One that carries content. */
export type DataPassing = WsMessage | Extract<Frame, { readonly type: WsMode }>

/** False for Close, Ping and Pong. */
export function isData(item: Passing): item is DataPassing {
  return item instanceof WsMessage || !item.frameType.controlFrame
}

/** True for a message, and for the last frame of one. */
export function isFinal(item: DataPassing): boolean {
  return item instanceof WsMessage || item.fin
}

export function modeOf(item: DataPassing): WsMode {
  return item instanceof WsMessage ? item.mode : item.type
}

export function bytesOf(item: DataPassing): Uint8Array<ArrayBuffer> {
  return item instanceof WsMessage ? item.bytes() : item.data
}

/** The content as text; `undefined` when it is binary, a fragment, or not UTF-8. */
export function textOf(item: DataPassing): string | undefined {
  if (modeOf(item) === 'binary') return undefined
  try {
    if (item instanceof WsMessage) return item.text()
    return item.type === 'text' ? item.readText() : undefined
  } catch {
    return undefined
  }
}
