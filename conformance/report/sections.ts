/** What the numbers stand for: the Autobahn test suite's sections, and ours where it has none. */
export const SECTIONS: Readonly<Record<string, string>> = {
  1: 'Framing',
  2: 'Pings and Pongs',
  3: 'Reserved bits',
  4: 'Opcodes',
  5: 'Fragmentation',
  6: 'UTF-8',
  7: 'Close',
  8: 'Opening handshake',
  9: 'Limits and performance',
  10: 'Automatic fragmentation',
  12: 'permessage-deflate, kinds of content',
  13: 'permessage-deflate, parameters',
}

/** The section of a case. */
export function sectionOf(id: string): string {
  return id.slice(0, id.indexOf('.'))
}
