import { WebSocketExtensions } from 'antiphon'
import { connect, open } from 'antiphon/node'

/** Where the fuzzing server is, and what it is to call us. */
export interface DriveOptions {
  /** Such as `ws://127.0.0.1:9001`. */
  readonly url: string
  readonly agent: string
  /** Hears of each case that is done. */
  readonly onCase?: (done: number, of: number) => void
}

/** Of one message, in bytes: as much as the largest case of the suite. */
const MAX_MESSAGE = 16 * 1024 * 1024

/**
 * Speaks the protocol of the Autobahn test suite's fuzzing server as a client: asks how many cases there are, echoes
 * whatever each of them sends, and lets the server write its report. Rejects when a connection cannot be opened.
 */
export async function drive({ url, agent, onCase }: DriveOptions): Promise<number> {
  const count = await caseCount(new URL('/getCaseCount', url))
  for (let i = 1; i <= count; i++) {
    await echoUntilClosed(query('/runCase', url, { case: String(i), agent }))
    onCase?.(i, count)
  }
  await echoUntilClosed(query('/updateReports', url, { agent }))
  return count
}

async function caseCount(url: URL): Promise<number> {
  await using client = connect(url)
  for await (const message of client.received()) return Number(message.text())
  throw new Error(`${url.href} did not say how many cases there are`)
}

/** Resolves when the connection is closed, however that came; rejects when it never opened. */
function echoUntilClosed(url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    let opened = false
    const options = {
      maxMessageSize: MAX_MESSAGE,
      extensions: [WebSocketExtensions.perMessageDeflate()],
    }
    const socket = open(url, options, (own) => {
      opened = true
      own.onMessage((message) => own.send(message))
    })
    socket.onError((error) => {
      if (!opened) reject(error)
    })
    socket.onClose(() => resolve())
  })
}

function query(path: string, base: string, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url
}
