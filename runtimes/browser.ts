import { executablePath } from './executable.ts'

/** A browser that a program has started. */
export interface Browser {
  /** Loads a page in a profile of its own: nothing is shared with another page. `print` gets what it throws and writes to the console. */
  open(url: string, print?: (line: string) => unknown): Promise<BrowserPage>
  close(): Promise<void>
}

export interface BrowserPage {
  /** Runs a function in the page, which sees nothing of what is around it here. What it takes and returns goes as JSON. */
  evaluate<A extends readonly unknown[], R>(
    run: (...args: A) => R | Promise<R>,
    ...args: A
  ): Promise<R>
  /** What the page threw and wrote to the console as an error, as it comes. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

/** Where the browser of a package of Debian is. Throws when it is not there. */
export function browserPath(name: string): string {
  const path = executablePath(name)
  if (path === undefined) {
    throw new Error(`there is no ${name} on the PATH, which this needs: apt install ${name}`)
  }
  return path
}

/** `evaluate` by way of an expression whose value is a promise of a text. */
export function evaluator(
  evaluateText: (expression: string) => Promise<string>,
): BrowserPage['evaluate'] {
  return async (run, ...args) => {
    const call = `(${String(run)})(...${JSON.stringify(args)})`
    const [value] = JSON.parse(
      await evaluateText(`(async () => JSON.stringify([await ${call}]))()`),
    )
    return value
  }
}
