import { readFileSync } from 'node:fs'
import { pathTo } from './root.ts'

/** A certificate for 127.0.0.1. */
export const tls: { readonly cert: string; readonly key: string } = {
  cert: pem('server'),
  key: pem('server-key'),
}

/** The authority that a client has to trust for it. */
export const ca: string = pem('ca')

function pem(name: string): string {
  return readFileSync(pathTo(`test/support/tls/${name}.pem`), 'utf8')
}
