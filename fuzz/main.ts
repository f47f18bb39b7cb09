import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { Corpus } from './corpus.ts'
import { fuzzGuided } from './guided.ts'
import { randomFrom, toHex } from './support/bytes.ts'
import type { Target } from './target.ts'
import { targets } from './targets/all.ts'

/** The corpus is in the sources, beside which the compiled files are. */
const CORPUS = fileURLToPath(new URL('../fuzz/corpus/', import.meta.url))

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 0x7fff_ffff) },
    keep: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
if (chosen.length === 0) {
  console.error(`no target has this name; there are ${targets.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
}
console.log(`seed ${seed}`)
for (const target of chosen) {
  if (!checkProperties(target) || !checkGuided(target)) process.exitCode = 1
}

/** Inputs with the structure of the format; a broken promise is shrunk to the smallest input that breaks it. */
function checkProperties(target: Target): boolean {
  const runs = Number(values.runs)
  const property = fc.property(target.inputs, (input) => target.check(Uint8Array.from(input)))
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: runs, seed })
  if (failed && counterexample !== null) return broken(target, counterexample[0], errorInstance)
  console.log(`${target.name}: ${runs} structured inputs`)
  return true
}

function checkGuided(target: Target): boolean {
  const corpus = new Corpus(CORPUS, target.name)
  const seconds = Number(values.seconds)
  const random = randomFrom(seed)
  const found = fuzzGuided({ target, corpus: corpus.inputs(), random, seconds })
  const { executions, features, fresh, failure } = found
  console.log(
    `${target.name}: ${executions} mutated inputs reached ${features} features, ${fresh.length} by new inputs`,
  )
  if (values.keep) for (const input of fresh) corpus.keep(input)
  return failure === undefined || broken(target, failure.input, failure.error)
}

/** Keeps the input, so that the unit tests try it from now on. */
function broken(target: Target, input: Uint8Array, error: unknown): false {
  console.error(`${target.name}: ${toHex(input)} breaks a promise`, error)
  console.error(`kept as ${new Corpus(CORPUS, target.name).keep(input)}`)
  return false
}
