import { networkInterfaces } from 'node:os'

/** Whether there is `::1` to listen on: many containers have IPv4 alone. */
export const HAS_IPV6: boolean = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .some(({ address }) => address === '::1')
