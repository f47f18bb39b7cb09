import { FrameReader, type FrameReaderOptions, type FrameReaderTarget } from './frame-reader.ts'
import { SERVER_LIMITS } from './limits.ts'
import { portablePorts } from './ports.ts'

/** As many as are ever at work at once: one, and more only where pipes in memory have connections feed each other. */
const KEPT = 8

const spare: FrameReader[] = []

/** A reader in the middle of nothing. Idle connections have none, since most connections are idle. */
export function takeReader(target: FrameReaderTarget, options: FrameReaderOptions): FrameReader {
  const reader = spare.pop()
  if (reader === undefined) return new FrameReader(target, options)
  reader.attach(target, options)
  return reader
}

/** Gives a reader back that is idle. */
export function releaseReader(reader: FrameReader): void {
  if (spare.length >= KEPT) return
  // It is not to keep the connection alive.
  reader.attach(NOBODY, NOTHING)
  spare.push(reader)
}

const NOBODY: FrameReaderTarget = {
  paused: true,
  deaf: true,
  readMessage() {},
  readFrame() {},
  violated() {},
}

const NOTHING: FrameReaderOptions = {
  limits: SERVER_LIMITS,
  masked: true,
  reserved: 0,
  frames: false,
  ports: portablePorts,
}
