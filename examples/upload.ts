import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  bind,
  type FrameSocket,
  type Poly,
  poly,
  routes,
  type StreamedMessage,
  sendStream,
  streamedMessages,
  webSocket,
  websockets,
} from 'antiphon'

const LARGEST = 10 * 1024 ** 3

/** Takes files of any size into a folder, and gives them back, each as one message: only a few chunks are in memory. */
export function uploads(folder: string): Poly<FrameSocket> {
  return poly<FrameSocket>(
    routes(bind('/', () => new Response(PAGE, { headers: { 'Content-Type': 'text/html' } }))),
    websockets(
      webSocket(
        '/upload',
        { fragments: true, limits: { maxMessageSize: LARGEST } },
        async (session) => {
          for await (const message of streamedMessages(session)) {
            await session.send(JSON.stringify(await stored(message, folder)))
          }
        },
      ),
      webSocket('/files/:id', async (session) => {
        // No path: the id of a file, or nothing that there is.
        const name = session.call.parameters.id.replaceAll(/[^\da-f-]/g, '')
        await sendStream(session, createReadStream(join(folder, name)))
      }),
    ),
  )
}

/** Rejects, and leaves no file, if the message does not come to its end. */
async function stored(message: StreamedMessage, folder: string) {
  const id = randomUUID()
  const path = join(folder, id)
  const hash = createHash('sha256')
  try {
    await using file = await open(path, 'wx')
    for await (const chunk of message) {
      hash.update(chunk)
      await file.writeFile(chunk)
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return { id, sha256: hash.digest('hex') }
}

const PAGE = `<!doctype html>
<title>Upload</title>
<input type="file"> <output></output>
<script type="module">
  const output = document.querySelector('output')
  document.querySelector('input').addEventListener('change', ({ target }) => {
    const socket = new WebSocket('/upload')
    socket.onopen = () => socket.send(target.files[0])
    socket.onmessage = ({ data }) => {
      output.textContent = JSON.parse(data).sha256
      socket.close()
    }
    socket.onclose = ({ code }) => code === 1000 || (output.textContent = 'failed: ' + code)
  })
</script>
`
