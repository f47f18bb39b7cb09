import { open } from 'antiphon/node'
import type { Case } from '../case.ts'
import { ready } from '../servers/control.ts'

const { conns, depth }: Case = JSON.parse(process.argv[3] ?? '')
const url = `ws://127.0.0.1:${process.argv[4]}/`

for (let i = 0; i < conns; i++) {
  let count = 0
  open(url, {}, (socket) => {
    socket.onMessage(() => {
      if (++count % depth === 0) socket.send('next')
    })
  })
}
ready(0)
