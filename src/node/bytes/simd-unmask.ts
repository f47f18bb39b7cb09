import { Buffer } from 'node:buffer'

/** `unmask.wat`, assembled, in base64. */
export const MODULE: string =
  'AGFzbQEAAAABCAFgA39/fwF/AwIBAAUEAQEEBAcTAgZtZW1vcnkCAAZ1bm1hc2sAAAqIAgGFAgICfwZ7IAL9ESEFIAFB' +
  'wABrIQMCQANAIAAgA0oNASAA/QAAACAF/VEhBiAA/QAAECAF/VEhByAA/QAAICAF/VEhCCAA/QAAMCAF/VEhCSAAIAb9' +
  'CwAAIAAgB/0LABAgACAI/QsAICAAIAn9CwAwIAogBiAH/VAgCCAJ/VD9UP1QIQogAEHAAGohAAwACwsgAUEEayEDAkAD' +
  'QCAAIANKDQEgACAAKAAAIAJzNgAAIAQgACgAAHIhBCAAQQRqIQAMAAsLAkADQCAAIAFODQEgACAALQAAIAJzOgAAIAQg' +
  'AC0AAHIhBCACQQh2IQIgAEEBaiEADAALCyAK/WQgBEGAgYKEeHFyCw=='

/** Memory that can be unmasked sixteen octets at a time. */
export interface SimdMemory {
  /** All of it. */
  readonly buffer: Buffer
  /** As `applyMask`, on this memory. */
  unmask(start: number, end: number, key: number): number
}

type Exports = { readonly memory: WebAssembly.Memory } & Pick<SimdMemory, 'unmask'>

/** 256 KiB; `undefined` where there is no WebAssembly, or none with SIMD, or no room for it. */
export function simdMemory(): SimdMemory | undefined {
  try {
    const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'))
    // Its exports are those of `unmask.wat`, which types cannot know.
    const { memory, unmask } = new WebAssembly.Instance(module).exports as Exports
    return { buffer: Buffer.from(memory.buffer), unmask }
  } catch {
    return undefined
  }
}
