import { syncBuiltinESMExports } from 'node:module'
import zlib from 'node:zlib'

/** To be loaded before a server: streams of zlib without the private handle, as a later Node may have them. */
for (const name of ['createDeflateRaw', 'createInflateRaw'] as const) {
  const create = zlib[name]
  Reflect.set(zlib, name, (options: zlib.ZlibOptions) => {
    const stream = create(options)
    Reflect.deleteProperty(stream, '_writeState')
    return stream
  })
}
syncBuiltinESMExports()
