import { serve } from 'antiphon'
import { node } from 'antiphon/node'
import { contractAppWithFrames } from 'antiphon/testing'
import { pathTo } from './root.ts'
import { startWorkerd } from './workerd/workerd.ts'

/** The client over the WebSockets that workerd has for Workers, and our server. */

const server = await serve(contractAppWithFrames(), node())
const workerd = await startWorkerd(pathTo('dist-runtimes/runtimes/workerd/worker.js'))
const to = server.url.replace('http', 'ws')
const answer = await fetch(`http://127.0.0.1:${workerd.port}/client/contract/0/?to=${to}`)
for await (const chunk of answer.body ?? []) process.stdout.write(chunk)
await workerd[Symbol.asyncDispose]()
process.exit()
