import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { messagepack } from '../../src/format/messagepack.ts'
import { Body } from '../../src/lens/body.ts'
import { LensFailure } from '../../src/lens/lens-failure.ts'
import { requestOf } from '../../src/websocket/request/upgrade-request.ts'
import { lensFailureOf } from './thrown.ts'

const Move = z.object({ to: z.string() })

function post(body: BodyInit): Request {
  return new Request('http://example.org/', { method: 'POST', body })
}

describe('a body lens', () => {
  test('reads a request, what a route made of it, and a response', async () => {
    const move = Body.json(Move)
    expect(await move(post('{"to":"e4"}'))).toEqual({ to: 'e4' })
    expect(await move(requestOf(post('{"to":"e4"}')))).toEqual({ to: 'e4' })
    expect(await move(new Response('{"to":"e4"}'))).toEqual({ to: 'e4' })
  })

  test('writes a copy with the body and its content type', async () => {
    const move = Body.json(Move)
    const made = move.create({ to: 'e4' })(
      new Response('old', { status: 201, headers: { 'content-length': '3', 'x-a': '1' } }),
    )
    const unpacked = { 'content-encoding': 'gzip', 'x-a': '1' } // As `fetch` leaves it.
    expect([
      ...move.create({ to: 'e4' })(new Response('old', { headers: unpacked })).headers,
    ]).toEqual([...made.headers])
    expect(made.status).toBe(201)
    expect([...made.headers]).toEqual([
      ['content-type', 'application/json'],
      ['x-a', '1'],
    ])
    expect(await made.text()).toBe('{"to":"e4"}')

    const request = move.create({ to: 'e5' })(post('old'))
    expect(request.method).toBe('POST')
    expect(request.headers.get('content-type')).toBe('application/json')
    expect(await move(request)).toEqual({ to: 'e5' })
  })

  test('writes a copy that keeps the text of a status, and the signal of a request', () => {
    const edit = Body.text().create('new')
    expect(edit(new Response('old', { statusText: 'Fine' })).statusText).toBe('Fine')

    const controller = new AbortController()
    const { signal } = edit(
      new Request('http://example.org/', { method: 'PUT', body: 'old', signal: controller.signal }),
    )
    controller.abort('gone')
    expect(signal.reason).toBe('gone')
  })

  test('keeps text and bytes as they are', async () => {
    const text = Body.text()
    const written = text.create('\ufeffé😀')(new Response())
    expect(written.headers.get('content-type')).toBe('text/plain;charset=utf-8')
    expect(await text(written)).toBe('\ufeffé😀')
    const bytes = Body.bytes()
    const made = bytes.create(Uint8Array.of(0, 255))(new Response())
    expect(made.headers.get('content-type')).toBe('application/octet-stream')
    expect(await bytes(made)).toEqual(Uint8Array.of(0, 255))
    expect(await bytes(new Response())).toEqual(new Uint8Array())
  })

  test('goes over any format', async () => {
    const move = Body.format(messagepack, Move)
    const made = move.create({ to: 'e4' })(new Response())
    expect(made.headers.get('content-type')).toBe('application/vnd.msgpack')
    expect(await move(made)).toEqual({ to: 'e4' })
    expect(await Body.format(messagepack)(new Response(Uint8Array.of(0x07)))).toBe(7)
  })

  test('rejects with what is wrong', async () => {
    await expect(Body.json()(post('{'))).rejects.toThrow(
      new LensFailure(
        { target: 'body', name: '' },
        { kind: 'invalid', expected: 'json', got: "'{'" },
      ),
    )
    await expect(Body.text()(new Response(Uint8Array.of(0xff)))).rejects.toThrow(
      'body: expected text in UTF-8, got bytes (1) ff',
    )
    await expect(Body.json(Move)(post('{"to":1}'))).rejects.toThrow(/json that its schema accepts/)
    await expect(Body.format(messagepack)(new Response('ab'))).rejects.toThrow(
      'body: expected messagepack, got bytes (2) 61 62',
    )
  })

  test('says what it is about', () => {
    const meta = { target: 'body', name: '', required: true }
    const json = { ...meta, type: 'json', contentType: 'application/json' }
    expect(Body.json().meta).toEqual(json)
    expect(Body.json(Move).meta).toEqual({ ...json, schema: Move })
    expect(Body.text().meta).toEqual({
      ...meta,
      type: 'text',
      contentType: 'text/plain;charset=utf-8',
    })
    expect(Body.bytes().meta).toEqual({
      ...meta,
      type: 'binary',
      contentType: 'application/octet-stream',
    })
  })

  test('rejects a body that was read before or that breaks off', async () => {
    const request = post('1')
    await request.text()
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error('cut'))
      },
    })
    for (const source of [request, new Response(broken)]) {
      const failure: unknown = await Body.text()(source).catch((thrown: unknown) => thrown)
      expect(failure).toBeInstanceOf(LensFailure)
      expect(failure).toMatchObject({ kind: 'missing', cause: expect.any(Error) })
    }
  })

  test('refuses to write what cannot be sent, or where no body can be', () => {
    expect(lensFailureOf(() => Body.text().create('\ud800')).expected).toBe(
      'text without lone surrogates',
    )
    expect(lensFailureOf(() => Body.json(Move).create({ to: 1 as never })).kind).toBe('invalid')
    const edit = Body.text().create('a')
    expect(() => edit(new Response(null, { status: 204 }))).toThrow(
      'body: expected a status or a method that takes a body, got 204',
    )
    expect(() => edit(new Request('http://example.org/'))).toThrow("got 'GET'")
  })
})
