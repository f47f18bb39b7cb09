import { expect, test } from 'vitest'
import { json } from '../../src/format/json.ts'
import { SessionClient } from '../../src/node/client/session-client.ts'
import { webSocket } from '../../src/routing/session-routes.ts'
import { serverSettings } from '../../src/serving/web-sockets.ts'
import { converterOf } from '../../src/session/converter-of.ts'

test.each<[who: string, use: (options: object) => unknown]>([
  ['a server', serverSettings],
  ['a route', (options) => webSocket('/', options, () => {})],
  ['a client', (options) => new SessionClient(options)],
])('%s takes a converter, and not the format that one is made of', (_, use) => {
  expect(() => use({ contentConverter: converterOf(json) })).not.toThrow()
  expect(() => use({ contentConverter: undefined })).not.toThrow()
  expect(() => use({ contentConverter: json })).toThrow(
    new TypeError(
      'the option contentConverter needs a converter, such as converterOf(json) makes, not object',
    ),
  )
  expect(() => use({ contentConverter: null })).toThrow(TypeError)
})
