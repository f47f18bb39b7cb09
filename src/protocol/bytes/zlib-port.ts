/** Synchronous raw deflate (RFC 1951), as permessage-deflate needs it; the runtime's own. */
export interface ZlibPort {
  deflater(options: DeflaterOptions): Deflater
  inflater(options: InflaterOptions): Inflater
}

/** How a `Deflater` is to compress. */
export interface DeflaterOptions {
  /** 8 to 15: no reference goes further back than 2 to that power. */
  readonly windowBits: number
  /** 1 to 9, or -1 for zlib's default. */
  readonly level: number
  /** 1 to 9: how much memory the compressor may use. */
  readonly memLevel: number
  /** Keep the window from message to message. Without it nothing is kept, and all may share one compressor. */
  readonly contextTakeover: boolean
}

/** What an `Inflater` has to know of its peer. */
export interface InflaterOptions {
  /** 8 to 15: the window the peer compresses with. */
  readonly windowBits: number
  /** The peer keeps its window from message to message. */
  readonly contextTakeover: boolean
}

/** Compresses messages. */
export interface Deflater {
  /**
   * The message, sync-flushed, without the four bytes `00 00 ff ff` at its end (RFC 7692, section 7.2.1). `data` is
   * never empty: zlib flushes nothing twice (section 7.2.3.6). The result may be in `scratch`, if it fits; `data` must
   * not be.
   */
  deflate(data: Uint8Array, scratch?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
  /** Called once; neither method is called after it. */
  close(): void
}

/** Inflates messages. */
export interface Inflater {
  /**
   * The message, given without `00 00 ff ff` (RFC 7692, section 7.2.2) and never empty. A block with BFINAL set ends the
   * window but not the message (section 7.2.3.4). Throws an `ExtensionFailure`: 1009 when the message would grow beyond
   * `maxLength` bytes, which are never allocated; 1007 when the data is corrupt or ends within a block; 1008 when it has
   * more final blocks than anyone needs. `scratch` as for `deflate`.
   */
  inflate(
    data: Uint8Array,
    maxLength: number,
    scratch?: Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer>
  /** Called once; neither method is called after it. */
  close(): void
}
