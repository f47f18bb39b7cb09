export type { BunTls } from './bun-runtime.ts'
export { type BunLacks, type BunOptions, type BunSocket, bun } from './engine.ts'
