export { type DenoLacks, type DenoOptions, type DenoSocket, deno } from './engine.ts'
