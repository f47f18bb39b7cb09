import { type Backend, type Capability, type ContractCase, contractTests } from 'antiphon/testing'

/** The cases of a contract for one backend. */
export interface Suite {
  readonly title: string
  /** Which half of a table of capabilities it proves; `undefined` for none. */
  readonly proves: 'server' | 'client' | undefined
  readonly lacks: readonly Capability[]
  readonly cases: readonly SuiteCase[]
}

export interface SuiteCase {
  readonly name: string
  readonly needs: readonly Capability[]
  /** Absent where the backend lacks what it needs. */
  readonly run: (() => Promise<void>) | undefined
}

export function suiteOf<Context extends object>(
  title: string,
  proves: Suite['proves'],
  contract: readonly ContractCase<Context>[],
  backend: Backend<Context>,
): Suite {
  const tests = new Map(contractTests(contract, backend).map(({ name, run }) => [name, run]))
  const { lacks = [] } = backend
  const cases = contract
    .filter(({ without = [] }) => without.every((capability) => lacks.includes(capability)))
    .map(({ name, needs = [] }) => ({ name, needs, run: tests.get(name) }))
  return { title, proves, lacks, cases }
}
