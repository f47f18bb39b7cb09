import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pem = (name: string): string => readFileSync(pathOf(name), 'utf8')

function pathOf(name: string): string {
  return fileURLToPath(new URL(`./tls/${name}.pem`, import.meta.url))
}

/** A certificate for `localhost` and 127.0.0.1, valid from 2020 to 2126, by an authority that nobody else trusts. */
export const tls: { readonly cert: string; readonly key: string } = {
  cert: pem('server'),
  key: pem('server-key'),
}

/** The certificate of the authority. */
export const ca: string = pem('ca')

/** A certificate for a client, by nobody but itself: it is its own authority, from 2020 to 2126 as well. */
export const device: { readonly cert: string; readonly key: string } = {
  cert: pem('device'),
  key: pem('device-key'),
}

/** The files, for other programs. */
export const tlsFiles: { readonly ca: string; readonly cert: string; readonly key: string } = {
  ca: pathOf('ca'),
  cert: pathOf('server'),
  key: pathOf('server-key'),
}
