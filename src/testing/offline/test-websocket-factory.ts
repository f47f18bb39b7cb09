import { openingWebsocket } from '../../websocket/client/opening-websocket.ts'
import type { WsClient } from '../../websocket/client/ws-client.ts'
import type { FrameSocket } from '../../websocket/frame-socket.ts'
import { checkNames } from '../../websocket/support/option-names.ts'
import type { Websocket } from '../../websocket/websocket.ts'
import type { WsConsumer } from '../../websocket/ws-handler.ts'
import { merged } from './merged.ts'
import { offlineOpening } from './offline-opening.ts'
import { OFFLINE_OPTIONS, type OfflineOptions, type TestApp } from './offline-options.ts'
import { offlineUpgrade } from './offline-upgrade.ts'
import { offlineClient } from './test-ws-client.ts'

/** What `openSocket` resolves with. */
interface Opened {
  readonly socket: FrameSocket
  readonly response: { readonly status: number; readonly headers: Headers }
}

/** `connect`, `open` and `openSocket` as `antiphon/node` has them, offline: for code that is given them. */
export interface TestWebsocketFactory {
  readonly connect: (url: string | URL, options?: OfflineOptions) => WsClient
  readonly open: (
    url: string | URL,
    options: OfflineOptions,
    consumer: WsConsumer<FrameSocket>,
  ) => Websocket
  readonly openSocket: (
    url: string | URL,
    options?: OfflineOptions,
    use?: (opened: Opened) => unknown,
  ) => Promise<Opened>
}

/**
 * Opens everything in an application, whatever host a URL names; options of a call replace those given here, and those that
 * only a wire has do nothing. `connect` is as synchronous as `testWsClient`; what `open` returns is `'connecting'` at first,
 * as over the wire.
 */
export function testWebsocketFactory(
  app: TestApp,
  defaults: OfflineOptions = {},
): TestWebsocketFactory {
  checkNames('testWebsocketFactory()', defaults, OFFLINE_OPTIONS)
  return {
    connect: (url, options) => offlineClient(app, url, merged(defaults, options)),
    open(url, options, consumer) {
      const own = merged(defaults, options)
      const { connection, ...upgrade } = offlineUpgrade(app, url, own)
      const opening = offlineOpening(connection, own.signal)
      const socket = opening.connection.then((own): Websocket => {
        own.client.open((client) => early.handOver(client, consumer))
        own.start()
        return own.client
      })
      const early = openingWebsocket(socket, { ...upgrade, abandon: opening.abandon })
      return early
    },
    async openSocket(url, options, use) {
      const own = merged(defaults, options)
      const { connection } = offlineUpgrade(app, url, own)
      const { client, headers, start } = await offlineOpening(connection, own.signal).connection
      const opened = { socket: client, response: { status: 101, headers } }
      if (use !== undefined) client.open(() => use(opened))
      start()
      return opened
    },
  }
}
