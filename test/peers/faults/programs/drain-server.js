// Sends numbered messages to everybody until SIGTERM, then drains, and says how many `send` has accepted for whom.
// Arguments: the options of `stop`, with the code of the status, as JSON.
import { CloseReason, serve } from 'antiphon'
import { node } from 'antiphon/node'

const { code, ...options } = JSON.parse(process.argv[2] ?? '{}')
const BODY = 'x'.repeat(1_000)

async function converse(socket) {
  const name = new URL(socket.upgradeRequest.url).pathname.slice(1)
  let accepted = 0
  socket.onMessage(() => {})
  socket.onClose(() => console.log(`${name} was sent ${accepted}`))
  while (socket.state === 'open') {
    socket.send(`${accepted} ${BODY}`)
    accepted++
    await (accepted % 10 === 0 ? socket.drained() : undefined)
    // Others have their turn.
    if (accepted % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

const server = await serve(
  () => (socket) => void converse(socket),
  node({ webSockets: { highWaterMark: 1_000_000 } }),
)
process.once('SIGTERM', async () => {
  const start = performance.now()
  await server.stop({ ...options, status: new CloseReason(code, 'see you') })
  console.log(`stopped after ${Math.round(performance.now() - start)} ms`)
})
console.log(`listening on ${server.url.replace(/^http/, 'ws')}`)
