export { type DenoLacks, type DenoOptions, deno } from './engine.ts'
