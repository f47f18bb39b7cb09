import { type Capability, type Engine, type HttpHandler, serve, type Websocket } from 'antiphon'
import type { Backend, ContractCase } from 'antiphon/testing'
import { expectSame, signal, sleep } from './expect.ts'

interface ResponseContext extends AsyncDisposable {
  /** Serves it, and resolves with the URL. */
  serve(http: HttpHandler): Promise<string>
  /** What the hook has heard. */
  readonly heard: readonly Error[]
}

interface HookOptions {
  readonly webSockets: { readonly onError: (error: Error) => void }
}

/** A server of an engine, which is stopped when the case is over. */
export function responsesOf(
  engine: (options: HookOptions) => Engine<Websocket, Capability>,
): Backend<ResponseContext> {
  return {
    start() {
      const heard: Error[] = []
      let stop = async (): Promise<void> => {}
      return {
        heard,
        async serve(http) {
          const onError = (error: Error): unknown => heard.push(error)
          const server = await serve({ http, ws: undefined }, engine({ webSockets: { onError } }))
          stop = () => server.stop({ drain: 50 })
          return server.url
        },
        [Symbol.asyncDispose]: () => stop(),
      }
    },
  }
}

/** A response whose body another reader has. */
function lockedResponse(): Response {
  const response = new Response(new ReadableStream())
  response.body?.getReader()
  return response
}

/** What a runtime finds out about a response once it has it. */
export const responseCases: readonly ContractCase<ResponseContext>[] = [
  {
    name: 'that cannot be sent is a 500, and the hook hears why',
    async run({ serve, heard }) {
      const url = await serve(lockedResponse)
      const { status } = await fetch(url)
      expectSame([status, heard.length], [500, 1])
    },
  },
]

/** Where the runtime tells of bodies, too. */
export const bodyCases: readonly ContractCase<ResponseContext>[] = [
  {
    name: 'whose body fails is cut off, and the hook hears why',
    async run({ serve, heard }) {
      const url = await serve(() => {
        const body = new ReadableStream({
          async pull(controller) {
            await sleep(5)
            controller.error(new Error('broken'))
          },
        })
        return new Response(body)
      })
      const text = await fetch(url)
        .then((response) => response.text())
        .catch(() => 'cut off')
      expectSame([text, heard.map(({ message }) => message)], ['cut off', ['broken']])
    },
  },
  {
    name: 'that the client leaves is no failure',
    async run({ serve, heard }) {
      const [cancelled, cancel] = signal()
      const url = await serve(() => {
        const body = new ReadableStream({
          async pull(controller) {
            await sleep(1)
            controller.enqueue(new Uint8Array(1))
          },
          cancel,
        })
        return new Response(body)
      })
      const controller = new AbortController()
      await fetch(url, { signal: controller.signal })
      controller.abort()
      await cancelled
      expectSame(heard, [])
    },
  },
]
