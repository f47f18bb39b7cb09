import { Writable } from 'node:stream'
import { OutputBatch } from './output-batch.ts'
import { AS_STREAM, type WaysOfWriting } from './ways-of-writing.ts'

/** Spare ones kept: as many as there commonly are sockets writing at once. A broadcast to more makes new ones. */
const KEPT = 64

const spare: OutputBatch[] = []
const nowhere = new Writable()

/** An empty batch: a socket has one only while it has something to write. */
export function takeBatch(stream: Writable, ways: WaysOfWriting): OutputBatch {
  const batch = spare.pop()
  if (batch === undefined) return new OutputBatch(stream, ways)
  batch.attach(stream, ways)
  return batch
}

/** Gives an empty batch back. */
export function releaseBatch(batch: OutputBatch): void {
  if (spare.length >= KEPT) return
  // The pool must not keep the stream alive.
  batch.attach(nowhere, AS_STREAM)
  spare.push(batch)
}
