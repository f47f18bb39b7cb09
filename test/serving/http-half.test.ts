import { describe, expect, it } from 'vitest'
import type { HttpHandler } from '../../src/routing/poly-handler.ts'
import { answerHttp } from '../../src/serving/http-half.ts'

describe('the HTTP half', () => {
  it('that answers no Response gets a 500, and the hook hears why', async () => {
    for (const [wrong, kind] of [
      [null, 'null'],
      ['text', 'string'],
      [{}, 'object'],
    ]) {
      const errors: string[] = []
      const handler: HttpHandler = () => JSON.parse(JSON.stringify(wrong))
      const response = await answerHttp(handler, new Request('http://localhost/'), (error) => {
        errors.push(error.message)
      })
      expect([response.status, errors]).toEqual([
        500,
        [`an HTTP handler has to return a Response, not ${kind}`],
      ])
    }
  })

  it('that answers what cannot be sent gets a 500, and the hook hears why', async () => {
    const used = new Response('read')
    await used.text()
    const errors: string[] = []
    for (const answer of [used, Response.error()]) {
      const response = await answerHttp(
        () => answer,
        new Request('http://localhost/'),
        (error) => {
          errors.push(error.message)
        },
      )
      expect(response.status).toBe(500)
    }
    expect(errors).toEqual([
      'a handler answered a Response whose body has been read: make a new one',
      'a handler answered Response.error(), which cannot be sent',
    ])
  })
})
