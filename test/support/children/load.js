// The peers of a server whose work is counted: run as a worker, so that they share neither its heap nor its prototypes.
import { once } from 'node:events'
import { connect } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { port, path, conns, offer } = workerData

const HANDSHAKE = [
  `GET ${path} HTTP/1.1`,
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  ...(offer === undefined ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
  '\r\n',
].join('\r\n')

/** Counts frames by their headers; those of a server are not masked. */
class Peer {
  #header = []
  #left = 0
  #waiting = 0
  #done = () => {}

  constructor(socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
  }

  /** Writes in one piece; resolves when so many frames are there. */
  burst(bytes, frames) {
    this.socket.write(bytes)
    return this.frames(frames)
  }

  frames(count) {
    this.#waiting = count
    return new Promise((resolve) => {
      this.#done = resolve
    })
  }

  #take(chunk) {
    for (let offset = 0; offset < chunk.length; ) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - offset)
        this.#left -= taken
        offset += taken
        if (this.#left === 0) this.#ended()
        continue
      }
      this.#header.push(chunk[offset++])
      const length = lengthOf(this.#header)
      if (length === undefined) continue
      this.#header = []
      this.#left = length
      if (length === 0) this.#ended()
    }
  }

  #ended() {
    if (--this.#waiting === 0) this.#done()
  }
}

/** Of the payload behind a header; `undefined` before that is whole. */
function lengthOf(header) {
  const [, second] = header
  if (second === undefined) return undefined
  const extended = second < 126 ? 0 : second === 126 ? 2 : 8
  if (header.length < 2 + extended) return undefined
  return extended === 0 ? second : header.slice(2).reduce((sum, octet) => sum * 256 + octet, 0)
}

async function open() {
  const socket = connect(port, '127.0.0.1')
  socket.write(HANDSHAKE)
  const [head] = await once(socket, 'data')
  if (!head.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(`not opened: ${head}`)
  return new Peer(socket)
}

const peers = []
for (let i = 0; i < conns; i++) peers.push(await open())
parentPort.postMessage('open')

parentPort.on('message', async ({ burst, frames, rounds, publish }) => {
  const [publisher, ...others] = peers
  const echoed = async (peer) => {
    for (let round = 0; round < rounds; round++) await peer.burst(burst, frames)
  }
  if (publish) {
    for (let round = 0; round < rounds; round++) {
      publisher.socket.write(burst)
      await Promise.all(others.map((peer) => peer.frames(frames)))
    }
  } else {
    await Promise.all(peers.map(echoed))
  }
  parentPort.postMessage('done')
})
