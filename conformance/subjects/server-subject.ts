import { openWire } from '../tester/raw-client.ts'
import { shakeServer } from '../tester/shake.ts'
import type { Subject } from './subject.ts'

/** Starts a server on the loopback interface that echoes. */
export type Listen = () => Promise<{ readonly port: number; stop(): Promise<void> }>

/** A server under test, met by a client made of a bare socket. */
export function serverSubject(name: string, listen: Listen): Subject {
  return {
    name,
    role: 'server',
    async start() {
      const { port, stop } = await listen()
      return {
        open: (test) => openWire(port, test.deflate),
        shake: (test, cut) => shakeServer(test, cut, port),
        stop,
      }
    },
  }
}
