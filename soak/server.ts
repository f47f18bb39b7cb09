import { serve, type Websocket, WsMessage } from 'antiphon'
import { type NodeOptions, node } from 'antiphon/node'
import { obey } from './child.ts'
import { asRemark, remark } from './content.ts'
import { certificate, compression, KINDS, type Kind } from './kinds.ts'

/** What one process holds. Sizes in bytes. */
export interface Sample {
  readonly rss: number
  /** Of JavaScript, and what it holds outside of its heap. */
  readonly heap: number
  readonly handles: number
  readonly sockets: number
}

const BURST_SIZE = 4_096
const CAST_SIZE = 100
/** Between broadcasts, in milliseconds. */
const CAST_EVERY = 2_000

const sockets = new Set<Websocket>()
let casts = 0
let casting: NodeJS.Timeout | undefined
let faults = 0

/** Echoes numbered messages, sends bursts when asked to, and says how many broadcasts there were. */
function converse(socket: Websocket): void {
  sockets.add(socket)
  socket.send(remark('welcome', casts))
  socket.onClose(() => sockets.delete(socket))
  socket.onMessage((message) => {
    const asked = asRemark(message)
    if (asked === undefined) {
      socket.send(message)
    } else if (asked.word === 'bye') {
      sockets.delete(socket)
      socket.send(remark('bye', casts))
    } else {
      for (let i = 0; i < asked.n; i++) socket.send(remark('burst', i, BURST_SIZE))
    }
  })
}

function cast(): void {
  const message = WsMessage.text(remark('cast', casts++, CAST_SIZE))
  for (const socket of sockets) socket.send(message)
}

/** The URLs of all kinds, in their order. */
async function listenForAll(): Promise<readonly string[]> {
  const own = await Promise.all(KINDS.map((kind) => serve(() => converse, node(optionsFor(kind)))))
  return own.map(({ url }) => url)
}

function optionsFor({ tls, deflate }: Kind): NodeOptions {
  const webSockets = { pingInterval: 20_000, extensions: deflate ? [compression] : [], onError }
  return tls ? { webSockets, tls: certificate } : { webSockets }
}

function onError(error: Error): void {
  faults++
  console.error('the server:', error)
}

const orders = {
  /** Answers with as many times the URLs of all kinds: a client has only so many ports for each port of a server. */
  async listen(count: number): Promise<readonly (readonly string[])[]> {
    return await Promise.all(Array.from({ length: count }, listenForAll))
  },
  broadcast(on: boolean): void {
    clearInterval(casting)
    if (on) casting = setInterval(cast, CAST_EVERY)
  },
  faults: (): number => faults,
  sample: (): Sample => taken(),
  /** After garbage collection. What ended in this turn of the loop is let go of in the next. */
  async measure(): Promise<Sample> {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      globalThis.gc?.()
    }
    return taken()
  },
}

function taken(): Sample {
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    rss,
    heap: heapUsed + external,
    handles: process.getActiveResourcesInfo().length,
    sockets: sockets.size,
  }
}

export type ServerOrders = typeof orders

obey(orders)
