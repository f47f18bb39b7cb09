import { FrameReader, type FrameReaderOptions, type FrameReaderTarget } from './frame-reader.ts'

/** How many spare readers are kept: one is enough, unless connections in memory feed each other. */
const KEPT = 8

const spare: FrameReader[] = []

/** A reader for as long as something is unfinished: most connections are idle, and need none. */
export function takeReader(target: FrameReaderTarget, options: FrameReaderOptions): FrameReader {
  return (spare.pop() ?? new FrameReader()).attach(target, options)
}

/** Gives back an idle reader. */
export function releaseReader(reader: FrameReader): void {
  reader.detach()
  if (spare.length < KEPT) spare.push(reader)
}
