import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a process can be asked to do: functions of JSON, with an answer of JSON. */
type Orders<O> = { readonly [K in keyof O]: (...given: never[]) => unknown }

interface Asked {
  readonly id: number
  readonly name: string
  readonly given: readonly unknown[]
}

interface Answered {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** A process of our own that takes orders. */
export class Child<O extends Orders<O>> implements Disposable {
  readonly #name: string
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #asked = 0
  #gone: Error | undefined

  /** `script` is a compiled file beside this one. Its garbage can be collected when asked to. */
  constructor(name: string, script: string) {
    this.#name = name
    const path = fileURLToPath(new URL(script, import.meta.url))
    this.#process = fork(path, { execArgv: ['--expose-gc'] })
    this.#process.on('message', (message: Answered) => this.#answered(message))
    this.#process.on('exit', (code, signal) => {
      this.#gone = new Error(`the process of ${name} has ended: ${signal ?? `exit code ${code}`}`)
      for (const { reject } of this.#waiting.values()) reject(this.#gone)
    })
  }

  ask<K extends keyof O & string>(
    name: K,
    ...given: Parameters<O[K]>
  ): Promise<Awaited<ReturnType<O[K]>>> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) throw this.#gone
      const id = this.#asked++
      // The answer comes from the same sources, through JSON.
      const answered = (answer: unknown): void => resolve(answer as Awaited<ReturnType<O[K]>>)
      this.#waiting.set(id, { resolve: answered, reject })
      this.#process.send({ id, name, given } satisfies Asked)
    })
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL')
  }

  #answered({ id, answer, error }: Answered): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(`${this.#name}: ${error}`))
  }
}

/** Takes the orders of the process that forked this one, and ends with it. */
export function obey<O extends Orders<O>>(orders: O): void {
  process.on('disconnect', () => process.exit())
  process.on('message', ({ id, name, given }: Asked) => {
    // Names come from `ask`, which the compiler has checked.
    const order = orders[name as keyof O]
    attempt(() => Reflect.apply(order, undefined, given)).then(
      (answer) => process.send?.({ id, answer } satisfies Answered),
      (error: unknown) => process.send?.({ id, error: String(error) } satisfies Answered),
    )
  })
}

async function attempt(work: () => unknown): Promise<unknown> {
  return await work()
}
