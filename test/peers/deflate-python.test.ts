import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'
import { testDeflatePeer } from '../support/deflate-suite.ts'
import { Queue } from '../support/queue.ts'
import { checkPython } from './support/python.ts'

interface Answer {
  readonly url?: string
  readonly error?: string
}

const SCRIPT = fileURLToPath(new URL('./python/deflate.py', import.meta.url))
const answers = new Queue<Answer>()
let python: ChildProcessWithoutNullStreams

beforeAll(() => {
  checkPython()
  python = spawn('python3', [SCRIPT])
  // What a server of websockets could not do, it logs.
  python.stderr.resume()
  createInterface({ input: python.stdout }).on('line', (line) => answers.push(JSON.parse(line)))
  python.on('close', (code) => answers.fail(new Error(`deflate.py ended (${code})`)))
})

afterAll(() => {
  python.stdin.end()
})

async function told(order: object): Promise<Answer> {
  python.stdin.write(`${JSON.stringify(order)}\n`)
  const answer = await answers.next()
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

testDeflatePeer({
  name: 'Python',
  async talk(url, settings, messages) {
    const encoded = messages.map((message) => Buffer.from(message).toString('base64'))
    await told({ talk: url, set: settings, messages: encoded })
  },
  async serve(settings) {
    const { url = '' } = await told({ serve: settings })
    return { url, stop() {} }
  },
})
