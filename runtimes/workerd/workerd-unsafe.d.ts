/** For tests alone: workerd has it with the flag `unsafe_module`. */
declare module 'workerd:unsafe' {
  const unsafe: {
    /** Puts all objects out of memory, as when they have been idle for ten seconds; those that work are waited for. */
    evictAllDurableObjects(): Promise<void>
  }
  // biome-ignore lint/style/noDefaultExport: it is workerd's
  export default unsafe
}
