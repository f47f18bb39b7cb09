import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProgramRun, runProgram } from '../../runtimes/run-program.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antiphon-program-'))
})

afterAll(() => rm(folder, { recursive: true }))

const BEGUN = `console.log('{"antiphon":"begin","suite":"a server","name":"greets"}')\n`
const END = `console.log('{"antiphon":"end"}')\n`

/** Runs a program of Node. */
async function run(source: string, patience?: number): Promise<ProgramRun> {
  const path = join(folder, 'program.js')
  await writeFile(path, source)
  return await runProgram({ command: [process.execPath, path] }, patience)
}

test('a program that comes to its end is not broken off', async () => {
  expect((await run(END)).brokenOff).toBe(undefined)
})

test('one that ends before its suites do tells its exit code, the case that ran, and its last words', async () => {
  expect((await run(`${BEGUN}console.error('no room')\nprocess.exit(3)`)).brokenOff).toBe(
    "it ended with exit code 3, 0 cases having ended, in 'a server: greets'; on stderr: no room",
  )
})

test('one that fails after its suites is broken off, too', async () => {
  expect((await run(`${END}process.exit(3)`)).brokenOff).toMatch(/^it ended with exit code 3, /)
})

test('one that a signal ends tells which', async () => {
  expect((await run(`process.kill(process.pid, 'SIGSEGV')`)).brokenOff).toBe(
    'it ended with SIGSEGV, 0 cases having ended; on stderr: nothing',
  )
})

test('a line that a program has not finished is none', async () => {
  const { brokenOff } = await run(`${BEGUN}process.stdout.write('{"antiphon":"ca')`)
  expect(brokenOff).toContain("it ended with exit code 0, 0 cases having ended, in 'a server: ")
})

test('one that says nothing is killed with what it has started, and tells how long it was silent', async () => {
  const child = `require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' })\n`
  expect((await run(`${BEGUN}${child}`, 3_000)).brokenOff).toBe(
    "it was killed after 3 s of silence, 0 cases having ended, in 'a server: greets'; on stderr: nothing",
  )
})

test('one that goes on speaking may take longer than that', async () => {
  const speak = `const speaking = setInterval(() => console.log('.'), 100)\n`
  const stop = `setTimeout(() => { clearInterval(speaking); ${END} }, 4_000)\n`
  expect((await run(speak + stop, 3_000)).brokenOff).toBe(undefined)
})
