/** Tells whoever makes the body of a response that nobody wants it. What comes of that concerns nobody; never rejects. */
export async function cancelBody(
  body: Pick<ReadableStream, 'cancel'> | null | undefined,
): Promise<void> {
  try {
    await body?.cancel()
  } catch {}
}
