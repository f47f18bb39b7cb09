import { openSocket } from 'antiphon/node'

/** A session of WebDriver BiDi, by which a program drives a browser. */
export interface Bidi {
  /** Resolves with what the specification says of this command. Rejects with the browser's error, and when it is gone. */
  command<R>(method: string, params: object): Promise<R>
}

/** What a browser sends: the answer to a command, or an event. */
type BidiMessage =
  | { readonly type: 'success'; readonly id: number; readonly result: unknown }
  | {
      readonly type: 'error'
      readonly id: number
      readonly error: string
      readonly message: string
    }
  | { readonly type: 'event'; readonly params: unknown }

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** Connects to a browser, with our own client. `onEvent` hears the parameters of the events that are subscribed to. */
export async function connectBidi(url: string, onEvent: (params: unknown) => void): Promise<Bidi> {
  const { socket } = await openSocket(url)
  const waiting = new Map<number, Waiting>()
  let last = 0
  socket.onMessage((text) => {
    // As the specification has it.
    const message = text.json() as BidiMessage
    if (message.type === 'event') {
      onEvent(message.params)
      return
    }
    const command = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.type === 'success') command?.resolve(message.result)
    else command?.reject(new Error(`${message.error}: ${message.message}`))
  })
  const gone = new Error('the browser is gone')
  socket.onClose(() => {
    for (const { reject } of waiting.values()) reject(gone)
  })
  return {
    command: <R>(method: string, params: object) =>
      new Promise<R>((resolve, reject) => {
        if (socket.state !== 'open') throw gone
        const id = ++last
        // As the specification has it.
        waiting.set(id, { resolve: (result) => resolve(result as R), reject })
        socket.send(JSON.stringify({ id, method, params }))
      }),
  }
}
