/** For tests alone: workerd has it with the flag `unsafe_module`. */
declare module 'workerd:unsafe' {
  const unsafe: {
    /** Puts an object out of memory, as when it has been idle for ten seconds; if it works, waits for it. */
    evict(object: object): Promise<void>
  }
  // biome-ignore lint/style/noDefaultExport: it is workerd's
  export default unsafe
}
