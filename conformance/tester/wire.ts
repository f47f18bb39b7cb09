import type { Codec } from './codec.ts'
import type { Ear } from './ear.ts'

/** The tester's end of an open connection to the peer under test. */
export interface Wire {
  readonly tester: 'client' | 'server'
  readonly ear: Ear
  /** Absent when no compression was agreed on. */
  readonly codec: Codec | undefined
  /** Writes one piece, apart from the others. Resolves when the next may follow. */
  write(piece: Uint8Array): Promise<void>
  /** Says that no more will come. */
  end(): void
  /** Lets go of it. */
  destroy(): void
  /** True as soon as `done` holds, false when it did not within so many milliseconds. */
  until(done: () => boolean, milliseconds: number): Promise<boolean>
}
