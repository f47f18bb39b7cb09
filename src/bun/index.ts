export type { BunTls } from './bun-runtime.ts'
export { type BunLacks, type BunOptions, bun } from './engine.ts'
