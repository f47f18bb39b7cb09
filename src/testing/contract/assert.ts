import { hexOf } from '../../protocol/errors/quote.ts'

/** A backend does not keep the contract. */
export class ContractFailure extends Error {
  override readonly name: string = 'ContractFailure'
}

/** Compares plain data; `what` says of what. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [shown(actual), shown(expected)]
  if (found !== wanted) throw new ContractFailure(`${what}: expected ${wanted}, got ${found}`)
}

export function expectTrue(what: string, holds: boolean): void {
  if (!holds) throw new ContractFailure(`it does not hold: ${what}`)
}

/** What a promise rejects with. */
export async function rejection(what: string, promise: PromiseLike<unknown>): Promise<Error> {
  let value: unknown
  try {
    value = await promise
  } catch (thrown) {
    return asFailure(thrown)
  }
  throw new ContractFailure(`${what}: expected a rejection, got ${shown(value)}`)
}

/** What a call throws. */
export function thrown(what: string, call: () => unknown): Error {
  let value: unknown
  try {
    value = call()
  } catch (error) {
    return asFailure(error)
  }
  throw new ContractFailure(`${what}: expected it to throw, got ${shown(value)}`)
}

function asFailure(error: unknown): Error {
  if (error instanceof Error) return error
  throw new ContractFailure(`expected an Error, got ${shown(error)}`)
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `bytes ${hexOf(value, value.length)}`
  }
  return JSON.stringify(value) ?? String(value)
}
