import { Frame } from '../../../protocol/frame/frame.ts'
import { bind } from '../../../routing/bind.ts'
import { type WsRouter, websockets } from '../../../routing/ws-router.ts'
import { accept } from '../../../websocket/accept.ts'
import type { FrameSocket } from '../../../websocket/frame-socket.ts'

export function frameRoutes(): WsRouter<FrameSocket> {
  return websockets(
    bind('/frames', () =>
      accept(({ frames }) => frames.onFrame((frame) => frames.send(frame)), { mode: 'frames' }),
    ),
    bind('/masked', () =>
      accept(
        ({ frames }) => {
          frames.masking = true
          frames.send(new Frame.Text('masked'))
          frames.onFrame((frame) => frames.send(frame))
        },
        { mode: 'frames' },
      ),
    ),
  )
}
