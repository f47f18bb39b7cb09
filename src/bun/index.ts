export { type BunLacks, type BunOptions, bun } from './engine.ts'
