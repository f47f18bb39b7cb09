import { describe, expect, test } from 'vitest'
import { app, person } from '../../examples/automarshalling.ts'
import { typed } from '../../src/index.ts'
import { expectMessages, testWsClient } from '../../src/testing/index.ts'

describe('automarshalling', () => {
  test('answers a person with a person: the test uses the lens of the server', async () => {
    const client = typed(testWsClient(app, '/greet'), { receive: person, send: person })
    client.send({ name: 'bob' })
    await expectMessages(client, [{ name: 'hello bob' }])
  })

  test.each(['{"name":7}', '{"name":""}', 'bob'])('says what is wrong with %s', async (text) => {
    const client = testWsClient(app, '/greet')
    client.send(text)
    await expectMessages(client, [expect.stringContaining('message')])
    client.send('{"name":"bob"}')
    await expectMessages(client, [{ name: 'hello bob' }])
  })
})
