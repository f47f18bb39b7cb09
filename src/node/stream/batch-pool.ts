import { Writable } from 'node:stream'
import { OutputBatch } from './output-batch.ts'
import { BY_STREAM, type WriteMode } from './write-mode.ts'

/** How many spare batches are kept: as many as commonly write at once. A broadcast to more sockets makes new ones. */
const KEPT = 64

const spare: OutputBatch[] = []
const nowhere = new Writable()

/** An empty batch: a socket has one only while it has something to write. */
export function takeBatch(stream: Writable, mode: WriteMode): OutputBatch {
  const batch = spare.pop()
  if (batch === undefined) return new OutputBatch(stream, mode)
  batch.attach(stream, mode)
  return batch
}

/** Gives an empty batch back. */
export function releaseBatch(batch: OutputBatch): void {
  if (spare.length >= KEPT) return
  // The pool must not keep the stream alive.
  batch.attach(nowhere, BY_STREAM)
  spare.push(batch)
}
