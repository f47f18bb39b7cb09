import type { CloseReason } from '../../src/protocol/close/close-reason.ts'
import { VirtualClock } from '../../src/testing/clock/virtual-clock.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import { SOCKET_DEFAULTS } from '../../src/websocket/socket/socket-settings.ts'
import type { Websocket } from '../../src/websocket/websocket.ts'
import {
  type ControlledSocket,
  MessageControls,
} from '../../src/websocket/whole-messages/message-controls.ts'
import type { MessageCore } from '../../src/websocket/whole-messages/message-core.ts'
import type { MessageSettings } from '../../src/websocket/whole-messages/message-options.ts'
import type { MessageTransport } from '../../src/websocket/whole-messages/message-transport.ts'
import { MessageWebsocket } from '../../src/websocket/whole-messages/message-websocket.ts'
import { PausedMessages } from '../../src/websocket/whole-messages/paused-messages.ts'

/** A runtime's socket, played by a test. */
export class FakeTransport implements MessageTransport {
  open = true
  bufferedAmount = 0
  /** What was done with it, in order. */
  readonly did: string[] = []
  #looks: (() => void)[] = []

  send(content: string | Uint8Array): void {
    this.did.push(typeof content === 'string' ? `text ${content}` : `bytes ${content.join()}`)
  }

  close({ code, message }: CloseReason): void {
    this.open = false
    this.did.push(`close ${code} ${message}`.trimEnd())
  }

  terminate(): void {
    this.did.push('terminate')
  }

  whenDrained(look: () => void): void {
    this.#looks.push(look)
  }

  /** So much waits from now on. */
  drainTo(bufferedAmount: number): void {
    this.bufferedAmount = bufferedAmount
    const looks = this.#looks
    this.#looks = []
    for (const look of looks) look()
  }
}

/** One that can also pause and ping. */
export class AbleTransport extends FakeTransport {
  controls(socket: ControlledSocket): MessageControls {
    return new MessageControls(socket)
  }

  pausedMessages(): PausedMessages {
    return new PausedMessages(this)
  }

  pause(): void {
    this.did.push('pause')
  }

  resume(): void {
    this.did.push('resume')
  }

  ping(data: Uint8Array): void {
    this.did.push(`ping ${data.length}`)
  }
}

export interface MessageRig<T extends FakeTransport> {
  readonly transport: T
  readonly socket: Websocket
  readonly core: MessageCore
  readonly clock: VirtualClock
  /** What the hook heard. */
  readonly reports: string[]
  /** What the socket told: errors, and the end. */
  readonly heard: string[]
  /** How often it was gone. */
  readonly gone: () => number
}

/** A socket of messages over a transport of the test. */
export function messageRig<T extends FakeTransport>(
  transport: T,
  options: Partial<MessageSettings> & { readonly maxMessageSize?: number } = {},
): MessageRig<T> {
  const clock = new VirtualClock()
  const reports: string[] = []
  const heard: string[] = []
  let gone = 0
  const settings: MessageSettings = {
    ...SOCKET_DEFAULTS,
    clock,
    engine: {
      name: 'fake',
      lacks:
        transport instanceof AbleTransport
          ? ['frames', 'frameLimits']
          : ['frames', 'pause', 'ping', 'pings', 'frameLimits'],
    },
    largestMessage: 1_000,
    onError: ({ message }) => reports.push(message),
    ...options,
  }
  const { maxMessageSize = 100 } = options
  const socket = new MessageWebsocket(transport, {
    upgradeRequest: requestOf(new Request('http://host/')),
    protocol: 'chat',
    settings,
    maxMessageSize,
    maxBufferedAmount: settings.maxBufferedAmount,
    slowConsumer: settings.slowConsumer,
    onGone: () => gone++,
  })
  socket.onClose(({ code, message }) => heard.push(`closed ${code} ${message}`.trimEnd()))
  return { transport, socket, core: socket.core, clock, reports, heard, gone: () => gone }
}
