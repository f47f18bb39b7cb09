import { parseArgs } from 'node:util'
import { drive } from './autobahn/drive.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { agent: { type: 'string', default: 'antiphon' } },
})
const [url] = positionals

if (url === undefined) {
  console.error(
    'say where the fuzzing server is: npm run conformance:client -- ws://127.0.0.1:9001',
  )
  process.exitCode = 2
} else {
  const count = await drive({
    url,
    agent: values.agent,
    onCase: (done, of) => process.stdout.write(`\rcase ${done} of ${of}`),
  })
  console.log(`\n${count} cases echoed; the fuzzing server has the report`)
}
