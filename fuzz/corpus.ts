import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex, toHex } from './support/bytes.ts'

/** The inputs kept for one target: files of hex, by the digest of what is in them. */
export class Corpus {
  readonly #folder: string

  /** `root`: the folder with a folder for each target. */
  constructor(root: string, target: string) {
    this.#folder = join(root, target)
  }

  /** In a fixed order. */
  inputs(): readonly Uint8Array[] {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.hex'))
      .sort()
      .map((name) => fromHex(readFileSync(join(this.#folder, name), 'utf8')))
  }

  /** Writes an input down; returns where. */
  keep(input: Uint8Array): string {
    mkdirSync(this.#folder, { recursive: true })
    const digest = createHash('sha256').update(input).digest('hex').slice(0, 16)
    const path = join(this.#folder, `${digest}.hex`)
    writeFileSync(path, `${lines(toHex(input))}\n`)
    return path
  }
}

/** Of 64 digits. */
function lines(digits: string): string {
  return (digits.match(/.{1,64}/g) ?? []).join('\n')
}
