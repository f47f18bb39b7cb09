import { FrameReader, type FrameReaderOptions, type FrameReaderTarget } from './frame-reader.ts'
import { SERVER_LIMITS } from './limits.ts'
import { portablePorts } from './ports.ts'

/** Spare ones kept: one is enough, unless connections in memory feed each other. */
const KEPT = 8

const spare: FrameReader[] = []

/** A reader for as long as something is unfinished: most connections are idle, and need none. */
export function takeReader(target: FrameReaderTarget, options: FrameReaderOptions): FrameReader {
  const reader = spare.pop()
  if (reader === undefined) return new FrameReader(target, options)
  reader.attach(target, options)
  return reader
}

/** Gives back an idle reader. */
export function releaseReader(reader: FrameReader): void {
  if (spare.length >= KEPT) return
  // The pool must not keep the connection alive.
  reader.attach(NOBODY, NOBODY)
  spare.push(reader)
}

const NOBODY: FrameReaderTarget & FrameReaderOptions = {
  paused: true,
  deaf: true,
  readMessage() {},
  readFrame() {},
  violated() {},
  limits: SERVER_LIMITS,
  masked: true,
  reserved: 0,
  frames: false,
  ports: portablePorts,
}
