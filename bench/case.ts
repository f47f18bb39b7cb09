export const WORKLOADS = [
  'echo',
  'broadcast',
  'deflate',
  'deflate-broadcast',
  'handshakes',
  'idle',
  'receive',
  'closing',
] as const

export type Workload = (typeof WORKLOADS)[number]

export type PayloadKind = 'binary' | 'text' | 'non-ascii'

/** One thing to measure, on every subject that can do it. */
export interface Case {
  readonly workload: Workload
  readonly conns: number
  /** Messages in flight: on each connection, or of the one publisher. Sent as one burst when the last one is back. */
  readonly depth: number
  /** Bytes of payload, before compression. */
  readonly size: number
  readonly payload: PayloadKind
  /** Of permessage-deflate: whether both sides keep their windows. */
  readonly takeover: boolean
}

/** What a figure of a workload is. */
export interface Unit {
  readonly name: string
  readonly better: 'lower' | 'higher'
}

const PER_MESSAGE: Unit = { name: 'µs CPU/message', better: 'lower' }
const PER_DELIVERY: Unit = { name: 'µs CPU/delivery', better: 'lower' }

export const UNITS: Readonly<Record<Workload, Unit>> = {
  echo: PER_MESSAGE,
  broadcast: PER_DELIVERY,
  deflate: PER_MESSAGE,
  'deflate-broadcast': PER_DELIVERY,
  handshakes: { name: 'handshakes/CPU s', better: 'higher' },
  idle: { name: 'bytes RSS/connection', better: 'lower' },
  receive: PER_MESSAGE,
  closing: { name: 'ms', better: 'lower' },
}

/** Whether permessage-deflate is what it is about. */
export function compresses(workload: Workload | undefined): boolean {
  return workload === 'deflate' || workload === 'deflate-broadcast'
}

/** In words, sizes, connections and depth included. */
export function nameOf({ workload, conns, depth, size, payload, takeover }: Case): string {
  const connections = `${thousands(conns)} ${conns === 1 ? 'connection' : 'connections'}`
  const content = `${bytes(size)} ${payload}`
  switch (workload) {
    case 'echo':
      return `echo, ${content}, ${connections}, depth ${depth}`
    case 'broadcast':
      return `broadcast, ${content}, ${thousands(conns)} subscribers, ${depth} in flight`
    case 'deflate':
      return `deflate ${takeover ? 'with' : 'without'} takeover, ${bytes(size)} JSON, ${connections}, depth ${depth}`
    case 'deflate-broadcast':
      return `compressed broadcast, ${bytes(size)} JSON, ${thousands(conns)} subscribers, ${depth} in flight`
    case 'handshakes':
      return `handshakes, ${thousands(conns)} at a time`
    case 'idle':
      return `idle, ${connections}`
    case 'receive':
      return `client receives, ${content}, ${connections}, bursts of ${depth}`
    case 'closing':
      return `server closes, ${connections}`
  }
}

/** A size in the unit that makes it short. */
export function bytes(size: number): string {
  if (size >= 1 << 20 && size % (1 << 20) === 0) return `${size >> 20} MiB`
  return size >= 1024 && size % 1024 === 0 ? `${size >> 10} KiB` : `${size} B`
}

/** A count with its thousands set off. */
export function thousands(count: number): string {
  return count.toLocaleString('en-US')
}
