/** Where `ws` does otherwise than we do, and why. */
interface Difference {
  /** Matches the cases' identifiers. */
  readonly cases: RegExp
  readonly ws: string
  readonly ours: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    cases: /^1\.3\.[6-9]$/,
    ws: 'takes a length that is written in more octets than it needs',
    ours: 'fails with 1002: the minimal number of bytes must be used (section 5.2). Two encodings of one frame are two readings for whoever stands between',
  },
  {
    cases: /^1\.3\.1[0-2]$/,
    ws: 'fails with 1009: the length is merely too big',
    ours: 'fails with 1002: the most significant bit must be 0 (section 5.2), so that it is no length at all',
  },
  {
    cases: /^6\.4\.\d$/,
    ws: 'notices malformed text when the message is whole',
    ours: 'notices it with the octet that is wrong, in the middle of a frame too (section 8.1)',
  },
  {
    cases: /^8\.1\.6$/,
    ws: 'refuses an Upgrade that names another protocol besides',
    ours: 'opens: Upgrade is a list of which the server may choose (RFC 9110, section 7.8)',
  },
  {
    cases: /^8\.1\.11$/,
    ws: 'answers with the first subprotocol offered, unless told otherwise',
    ours: 'answers with none that the application did not choose (section 4.2.2)',
  },
  {
    cases: /^8\.1\.1[345]$/,
    ws: 'refuses a handshake whose offer of permessage-deflate is not valid',
    ours: 'declines the offer and opens without it (RFC 7692, section 5.1)',
  },
  {
    cases: /^8\.1\.19$/,
    ws: 'opens over HTTP/1.0',
    ours: 'refuses: the version must be 1.1 or higher (section 4.2.1)',
  },
  {
    cases: /^8\.1\.26$/,
    ws: 'opens without Host',
    ours: 'refuses: the header is required (section 4.2.1), and the check of the origin needs it',
  },
  {
    cases: /^8\.1\.3[47]$/,
    ws: 'opens for version 8, a draft, and for any way to write 13',
    ours: 'refuses all but `13` (section 4.2.1)',
  },
  {
    cases: /^8\.1\.4[78]$/,
    ws: 'opens when the request announces a body, and reads it as frames',
    ours: 'refuses: a proxy may read the same bytes as the body (request smuggling)',
  },
  {
    cases: /^8\.1\.5[12]$/,
    ws: 'opens for pages of any origin; the application is to check',
    ours: "refuses with 403 unless the page is of the same host, or the option 'origin' allows it (section 10.2)",
  },
  {
    cases: /^8\.1\.(?:59|6[01])$/,
    ws: 'opens whatever Host says',
    ours: 'refuses what is not one host and perhaps a port (RFC 9112, section 3.2): in a URL, the rest would pass for a path',
  },
  {
    cases: /^8\.2\.26$/,
    ws: 'takes permessage-deflate chosen twice',
    ours: 'refuses: the two would claim the same reserved bit (RFC 7692, section 5.2)',
  },
  {
    cases: /^9\.[34]\.\d$/,
    ws: 'fails with 1008: it caps the number of fragments, since each costs it memory',
    ours: 'has no cap: fragments are copied into one buffer, which costs no more than the message',
  },
]

/** The explanation for a case in which the two differ; `undefined` when nobody has written one. */
export function differenceOf(id: string): Difference | undefined {
  return DIFFERENCES.find(({ cases }) => cases.test(id))
}
