const ROW = 16

/** Offset, bytes in hex, and ASCII, sixteen bytes a line, as `hexdump -C` has it. */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = []
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    rows.push(row(offset, bytes.subarray(offset, offset + ROW)))
  }
  return rows.join('\n')
}

function row(offset: number, bytes: Uint8Array): string {
  const digits = Array.from(bytes, (octet) => hex(octet, 2))
  const halves = [digits.slice(0, 8).join(' '), digits.slice(8).join(' ')].join('  ')
  const ascii = Array.from(bytes, (octet) =>
    octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : '.',
  ).join('')
  return `${hex(offset, 8)}  ${halves.padEnd(48)}  |${ascii}|`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
