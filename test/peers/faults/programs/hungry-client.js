// Opens files until it may open no more, tries to connect, closes them, and connects.
import { closeSync, openSync } from 'node:fs'
import { connect } from 'antiphon/node'

const [url] = process.argv.slice(2)
const files = []
try {
  for (;;) files.push(openSync('/dev/null'))
} catch {
  // As many as there can be.
}
const failure = await connect(url).opened.catch((error) => error)
for (const file of files) closeSync(file)
console.log(`failed: ${failure.name} ${failure.stage} ${failure.cause?.code}`)

const client = connect(url)
client.send('hello')
for await (const message of client.received()) {
  console.log(`then: ${message.text()}`)
  client.close()
}
