import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Both ends of a TCP connection, and more of them. */
export interface TcpPair extends Disposable {
  readonly accepted: Socket
  readonly peer: Socket
  /** Another connection to the same listener. */
  another(): Promise<TcpPair>
}

/** Connected over the loopback interface; disposing of it drops the connection, and that of the first its listener. */
export async function tcpPair(): Promise<TcpPair> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const connected = async (close: () => void): Promise<TcpPair> => {
    const peer = connect(port, '127.0.0.1')
    const [accepted]: Socket[] = await once(listener, 'connection')
    return {
      accepted: accepted!,
      peer,
      another: () => connected(() => {}),
      [Symbol.dispose]() {
        peer.destroy()
        accepted!.destroy()
        close()
      },
    }
  }
  return await connected(() => listener.close())
}
