import { run } from 'mitata'
import { applicationBenches } from './application.ts'
import { protocolBenches } from './protocol.ts'

const [filter] = process.argv.slice(2)

protocolBenches()
applicationBenches()
await run(filter === undefined ? {} : { filter: new RegExp(filter) })
