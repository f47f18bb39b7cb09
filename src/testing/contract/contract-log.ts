import { asError } from '../../protocol/errors/thrown.ts'
import type { Websocket } from '../../websocket/websocket.ts'

/** What happened on the server's side, line by line, under names that the cases choose; clients read it from `/log/:id`. */
export class ContractLog {
  readonly #lines = new Map<string, string[]>()
  readonly #waiting = new Map<string, () => void>()

  lines(id: string): readonly string[] {
    return this.#lines.get(id) ?? []
  }

  add(id: string, line: string): void {
    const lines = this.#lines.get(id)
    if (lines === undefined) this.#lines.set(id, [line])
    else lines.push(line)
  }

  /** Writes down the end of a socket, its state then, and what reaches its `onError`. */
  watch(id: string, socket: Websocket): void {
    socket.onError((error) => this.add(id, `error ${error.message}`))
    socket.onClose(({ code, message }) => {
      this.add(id, `${socket.state} ${code} ${message}`.trimEnd())
    })
  }

  /** Resolves when a client asks for `/resume/:id`. */
  until(id: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
    })
  }

  resume(id: string): void {
    this.#waiting.get(id)?.()
  }
}

/** What a call throws, as the contract tells it. */
export function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (thrown) {
    const { name, message } = asError(thrown)
    return `${name}: ${message}`
  }
  return 'nothing'
}
