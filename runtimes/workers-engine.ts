import { serverContract, sessionContract } from 'antiphon/testing'
import { examplesBy } from './examples.ts'
import { pathTo } from './root.ts'
import { runSuites } from './run-suites.ts'
import { suiteOf } from './suite.ts'
import { onWorkerd } from './workerd/backend.ts'
import { hibernationCases, uncheckedCases } from './workerd/hibernation-cases.ts'
import { onRooms } from './workerd/room-context.ts'
import { leavingCases, workerCases } from './workerd/worker-cases.ts'
import { startWorkerd } from './workerd/workerd.ts'

/** Workers and Durable Objects in workerd, and our client. */

const workerd = await startWorkerd(pathTo('dist-runtimes/runtimes/workerd/worker.js'))

await runSuites([
  suiteOf('a Worker', 'server', serverContract, onWorkerd('worker', 'contract', workerd)),
  suiteOf('a session', 'server', sessionContract, onWorkerd('worker', 'session', workerd)),
  suiteOf('a Durable Object', 'server', serverContract, onWorkerd('object', 'contract', workerd)),
  suiteOf(
    'a session in a Durable Object',
    'server',
    sessionContract,
    onWorkerd('object', 'session', workerd),
  ),
  suiteOf(
    'a Worker of its own',
    undefined,
    [...workerCases, ...leavingCases],
    onWorkerd('worker', 'own', workerd),
  ),
  suiteOf(
    'a Durable Object of its own',
    undefined,
    leavingCases,
    onWorkerd('object', 'own', workerd),
  ),
  suiteOf(
    'a socket that sleeps',
    undefined,
    [...hibernationCases, ...uncheckedCases],
    onRooms(workerd),
  ),
  examplesBy(({ name }) => onWorkerd('object', name, workerd)),
])
await workerd[Symbol.asyncDispose]()
process.exit()
