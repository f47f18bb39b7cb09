import { Buffer } from 'node:buffer'
import { copyBytes, writeBytes } from '../../protocol/bytes/bytes.ts'
import type { HeldBytes } from '../../protocol/bytes/held-bytes.ts'
import { latin1Text, writeLatin1 } from './buffer-text.ts'

/** V8 asks the system for memory for each string of 128 KiB or more: longer payloads go into several strings. */
export const PART = 65_536

/** The maker of held bytes. `wanted` is set when the application asks for them as an array. */
export interface Latin1Owner {
  wanted: boolean
}

/** Bytes held as a Latin-1 string. */
export class Latin1Bytes implements HeldBytes {
  readonly #text: string
  readonly #owner: Latin1Owner

  constructor(text: string, owner: Latin1Owner) {
    this.#text = text
    this.#owner = owner
  }

  get length(): number {
    return this.#text.length
  }

  /** One character for each byte. */
  get latin1(): string {
    return this.#text
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return copyOf(this, this.#owner)
  }

  write(target: Uint8Array, offset: number): void {
    writeLatin1(this.#text, target, offset)
  }
}

/** Bytes held in several pieces. */
export class Latin1Parts implements HeldBytes {
  readonly length: number
  readonly text: (() => string) | undefined
  readonly parts: readonly HeldBytes[]
  readonly #owner: Latin1Owner

  /** `ascii` says that every octet is known to be below 0x80. */
  constructor(parts: readonly HeldBytes[], length: number, owner: Latin1Owner, ascii = false) {
    this.parts = parts
    this.length = length
    this.#owner = owner
    this.text = ascii ? textOf(parts) : undefined
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return copyOf(this, this.#owner)
  }

  write(target: Uint8Array, offset: number): void {
    let at = offset
    for (const part of this.parts) {
      part.write(target, at)
      at += part.length
    }
  }
}

/** Bytes held as a plain copy. */
export class CopiedBytes implements HeldBytes {
  readonly buffer: Uint8Array

  constructor(bytes: Uint8Array, start: number, end: number) {
    // Not zeroed, since all of it is overwritten.
    this.buffer = Buffer.allocUnsafeSlow(end - start)
    writeBytes(this.buffer, 0, bytes, start, end)
  }

  get length(): number {
    return this.buffer.length
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return copyBytes(this.buffer)
  }

  write(target: Uint8Array, offset: number): void {
    target.set(this.buffer, offset)
  }
}

/** Adds `bytes[start, end)` to `parts`, in strings that are not too long. */
export function addParts(
  parts: HeldBytes[],
  bytes: Uint8Array,
  start: number,
  end: number,
  owner: Latin1Owner,
): void {
  for (let at = start; at < end; at += PART) {
    parts.push(new Latin1Bytes(latin1Text(bytes, at, Math.min(at + PART, end)), owner))
  }
}

/** Only if all parts are strings: otherwise it is better to decode the bytes. */
function textOf(parts: readonly HeldBytes[]): (() => string) | undefined {
  const strings = parts.filter((part) => part instanceof Latin1Bytes)
  if (strings.length < parts.length) return undefined
  return () => strings.map(({ latin1 }) => latin1).join('')
}

function copyOf(held: HeldBytes, owner: Latin1Owner): Uint8Array<ArrayBuffer> {
  owner.wanted = true
  const copy = new Uint8Array(held.length)
  held.write(copy, 0)
  return copy
}
