import type { WebSocketExtension, WebSocketExtensionFactory } from './extension.ts'

/** The reserved bits, of 0x70, that the negotiated among these claim. */
export function reservedBits(
  factories: readonly WebSocketExtensionFactory[],
  negotiated: readonly WebSocketExtension[],
): number {
  return factories
    .filter((factory) => negotiated.some((extension) => extension.name === factory.name))
    .reduce(
      (bits, { reserved }) =>
        bits | (reserved.rsv1 ? 0x40 : 0) | (reserved.rsv2 ? 0x20 : 0) | (reserved.rsv3 ? 0x10 : 0),
      0,
    )
}
