import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Case } from './case.ts'
import type { FromGenerator, Outcome, Task, ToGenerator } from './generator/task.ts'
import { SubjectProcess } from './subject-process.ts'
import type { Subject } from './subjects.ts'

const GENERATOR = fileURLToPath(new URL('./generator/main.js', import.meta.url))
/** Seconds that starting, connecting and checking may take beside what is measured. */
const PATIENCE = 90
const HAS_PROC = process.platform === 'linux'

/** One run: a subject and a generator, each in a new process. Rejects when either fails or takes too long. */
export async function runOnce(
  subject: Subject,
  measured: Case,
  given: { readonly time: number; readonly warm: number },
): Promise<Outcome> {
  const { raw } = subject
  const times = { ...given, warm: Math.max(given.warm, subject.warm) }
  if (measured.workload === 'receive') return await runClient(subject, measured, times)
  const running = new SubjectProcess(subject, measured, undefined)
  try {
    const { port, pids } = await running.started
    const task: Task = { case: measured, port, pids: HAS_PROC ? pids : [], raw, ...times }
    return await generate(task, () => running)
  } finally {
    await running.end()
  }
}

/** The generator listens, and then the subject connects to it; the subject tells its use itself. */
async function runClient(
  subject: Subject,
  measured: Case,
  times: { readonly time: number; readonly warm: number },
): Promise<Outcome> {
  let running: SubjectProcess | undefined
  try {
    const task: Task = { case: measured, port: 0, pids: [], raw: false, ...times }
    return await generate(task, (port) => {
      running ??= new SubjectProcess(subject, measured, port)
      return running
    })
  } finally {
    await running?.end()
  }
}

function generate(task: Task, subject: (port?: number) => SubjectProcess): Promise<Outcome> {
  const generator = fork(GENERATOR, [JSON.stringify(task)])
  return new Promise<Outcome>((resolve, reject) => {
    const seconds = task.time + task.warm + PATIENCE
    const timer = setTimeout(() => reject(new Error(`not done in ${seconds} s`)), seconds * 1000)
    generator.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the generator ended with ${code}`))
    })
    if (task.port !== 0) subject().failed.catch(reject)
    generator.on('message', (message: FromGenerator) => {
      switch (message.type) {
        case 'listening':
          subject(message.port).failed.catch(reject)
          break
        case 'ask':
          if (message.what === 'stop') subject().stop()
          else void subject().usage().then(answer, reject)
          break
        case 'done':
          resolve(message.outcome)
          break
        case 'failed':
          reject(new Error(message.message))
      }
    })
    function answer(usage: ToGenerator['usage']): void {
      generator.send({ usage } satisfies ToGenerator)
    }
  }).finally(() => generator.kill('SIGKILL'))
}
