/** True for the code of an end that is no failure: 1000, 1001, and 1005 for an empty Close (RFC 6455, section 7.4.1). */
export function isNormalEnd(code: number): boolean {
  return [1000, 1001, 1005].includes(code)
}
