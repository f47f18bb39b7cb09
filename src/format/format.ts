/** How values become the content of a message or a body, and back: shared by lenses and content converters. */
export interface Format {
  /** In lower case, such as `json`: told in errors. */
  readonly name: string
  /** The media type of a body in this format. */
  readonly contentType: string
  /** What `encode` makes and `decode` is best given. */
  readonly mode: 'text' | 'binary'
  /** Throws a `FormatFailure` for a value that the format cannot hold. */
  encode(value: unknown): string | Uint8Array
  /** The one value that `content` holds, whole; anything else, also bytes left over, is a `FormatFailure`. */
  decode(content: string | Uint8Array): unknown
}
