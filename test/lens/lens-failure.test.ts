import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Body } from '../../src/lens/body.ts'
import { Header } from '../../src/lens/header.ts'
import { LensFailure, lensFailureResponse } from '../../src/lens/lens-failure.ts'
import { lensFailures } from '../../src/lens/lens-failures.ts'
import { Message } from '../../src/lens/message.ts'
import { Path } from '../../src/lens/path.ts'
import { Query } from '../../src/lens/query.ts'
import type { HttpHandler } from '../../src/routing/poly-handler.ts'
import { answerHttp } from '../../src/serving/http-half.ts'
import type { WsHandler } from '../../src/websocket/ws-handler.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

const page = Query.int().required('page')

describe('a lens failure', () => {
  test('says target, field, what was expected and what was there', () => {
    const failure = lensFailureOf(() => page(requestFor('/?page=abc')))
    expect(failure).toBeInstanceOf(Error)
    expect({ ...failure }).toEqual({
      name: 'LensFailure',
      code: 'ERR_LENS',
      kind: 'invalid',
      target: 'query',
      field: 'page',
      expected: 'an integer',
      got: "'abc'",
    })
    expect(failure.message).toBe("query 'page': expected an integer, got 'abc'")
    expect('cause' in failure).toBe(false)
  })

  test('escapes the name of a field, too', () => {
    const failure = lensFailureOf(() => Query.int().required("a'\n")(requestFor()))
    expect(failure.message).toBe("query 'a\\'\\u000a': expected an integer, got nothing")
  })

  test('is a 400 that says the same, and not its cause', async () => {
    const secret = Query.string().map(() => {
      throw new Error('the secret reason')
    })
    const response = lensFailureResponse(
      lensFailureOf(() => secret.required('q')(requestFor('/?q=%3Cb%3E'))),
    )
    expect(response.status).toBe(400)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/plain;charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe("query 'q': expected text that its map accepts, got '<b>'")
  })
})

describe('a failure that is no fault of the request', () => {
  const move = z.object({ to: z.string() })
  const wrong: { to: string } = JSON.parse('{"to":5}')
  const upstream = async (): Promise<unknown> => Body.json(move)(Response.json(wrong))
  const faults: readonly (readonly [of: string, fail: () => unknown])[] = [
    ['a body that cannot be written', () => Body.json(move).create(wrong)],
    ['a status without a body', () => Body.text().create('x')(new Response(null, { status: 204 }))],
    ['a message that cannot be written', () => Message.json(move).create(wrong)],
    ['a query that cannot be written', () => Query.int().required('page').create(0.5)],
    ['a list that cannot be written', () => Header.int().multi.required('ids').create([])],
    [
      'a path that cannot be written',
      () => Path.string().required('id').create('..')(requestFor('/:id')),
    ],
    ['a response of another server', upstream],
  ]

  test.each(faults)('is a 500, and the hook hears of it: %s', async (_, fail) => {
    const errors: Error[] = []
    const handler = async (): Promise<Response> => Response.json(await fail())
    const request = new Request('http://localhost/')
    const response = await answerHttp(handler, request, (error) => errors.push(error))
    expect([response.status, await response.text()]).toEqual([500, 'the handler failed\n'])
    expect(errors).toEqual([expect.any(LensFailure)])
    await expect(async () => lensFailures(handler)(requestFor())).rejects.toThrow(LensFailure)
  })

  test('while what the request says is a 400', async () => {
    const reads: HttpHandler = async (raw) => Response.json(await Body.json(move)(raw))
    const request = new Request('http://localhost/', { method: 'POST', body: '{}' })
    expect(await answerHttp(reads, request, () => {})).toMatchObject({ status: 400 })
  })
})

describe('lensFailures', () => {
  const handler: WsHandler = (request) => {
    page(request)
    return () => {}
  }

  test('answers a failure in the handshake with 400', async () => {
    const decision = lensFailures(handler)(requestFor('/?page=x'))
    expect(decision).toBeInstanceOf(Response)
    expect(await (decision as Response).text()).toBe("query 'page': expected an integer, got 'x'")
  })

  test('answers a rejected one, too', async () => {
    const decision = await lensFailures(async (request) => handler(request))(requestFor())
    expect((decision as Response).status).toBe(400)
  })

  test('leaves decisions and other errors alone, and does not wait for what is there', async () => {
    expect(lensFailures(handler)(requestFor('/?page=1'))).toBeTypeOf('function')
    expect(lensFailures(() => undefined)(requestFor())).toBeUndefined()
    const wrong = new Error('wrong')
    const thrower: WsHandler = () => {
      throw wrong
    }
    expect(() => lensFailures(thrower)(requestFor())).toThrow(wrong)
    await expect(lensFailures(async () => thrower(requestFor()))(requestFor())).rejects.toBe(wrong)
  })

  test('passes on what a lens says of a header', async () => {
    const user: WsHandler = (request) => {
      Header.string().required('X-User')(request)
      return undefined
    }
    const decision = lensFailures(user)(requestFor())
    expect(decision).toBeInstanceOf(Response)
  })

  test('a failure can be made by hand', () => {
    const failure = new LensFailure(
      { target: 'query', name: 'q' },
      { kind: 'missing', expected: 'a word', got: 'nothing' },
    )
    expect(failure.message).toBe("query 'q': expected a word, got nothing")
  })
})
