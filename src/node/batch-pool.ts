import { Writable } from 'node:stream'
import { OutputBatch } from './output-batch.ts'

/** As many as sockets commonly write at once; a broadcast to more makes some anew. */
const KEPT = 64

const spare: OutputBatch[] = []
const nowhere = new Writable()

/** An empty batch: a socket has one only while it has something to write. */
export function takeBatch(stream: Writable, slabs: boolean): OutputBatch {
  const batch = spare.pop()
  if (batch === undefined) return new OutputBatch(stream, slabs)
  batch.attach(stream, slabs)
  return batch
}

/** Gives an empty batch back. */
export function releaseBatch(batch: OutputBatch): void {
  if (spare.length >= KEPT) return
  // It is not to keep the stream alive.
  batch.attach(nowhere, false)
  spare.push(batch)
}
