import { RawServer } from '../tester/raw-server.ts'
import { shakeClient } from '../tester/shake.ts'
import type { Subject } from './subject.ts'

/** Connects a client that echoes; says once whether it opened. */
export type Connect = (url: string, opened: (open: boolean) => void) => void

/** A client under test: whoever connects meets a server made of a bare socket. */
export function clientSubject(name: string, connect: Connect): Subject {
  return {
    name,
    role: 'client',
    async start() {
      const server = await RawServer.listen()
      return {
        async open(test) {
          const wire = server.nextWire(test.deflate)
          connect(server.url, () => {})
          return await wire
        },
        async shake(test, cut) {
          const next = server.next()
          const opened = new Promise<boolean>((resolve) => connect(server.url, resolve))
          return await shakeClient(test, cut, await next, opened)
        },
        async stop() {
          server.close()
        },
      }
    },
  }
}
