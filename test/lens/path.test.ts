import { describe, expect, test } from 'vitest'
import { Path } from '../../src/lens/path.ts'
import { requestFor } from './requests.ts'
import { lensFailureOf } from './thrown.ts'

describe('a path lens', () => {
  test('reads the parameter that a route found', () => {
    const id = Path.int().required('id')
    expect(id(requestFor('/items/7').withParams({ id: '7' }))).toBe(7)
    expect(() => id(requestFor('/items/x').withParams({ id: 'x' }))).toThrow(
      "path 'id': expected an integer, got 'x'",
    )
  })

  test.each(['id', 'toString', '__proto__'])('misses %s where no route found it', (name) => {
    expect(lensFailureOf(() => Path.string().required(name)(requestFor())).kind).toBe('missing')
    expect(Path.string().optional(name)(requestFor())).toBeUndefined()
    expect(Path.string().defaulted(name, 'all')(requestFor())).toBe('all')
  })

  test('writes the parameter, and puts it into the path where that has its segment', () => {
    const room = Path.string().required('room')
    const written = room.create('a/b ü?')(requestFor('/rooms/:room/:roomy?at=:room'))
    expect(written.url).toBe('http://example.org/rooms/a%2Fb%20%C3%BC%3F/:roomy?at=:room')
    expect(written.params).toEqual({ room: 'a/b ü?' })
    expect(room(written)).toBe('a/b ü?')
    expect(room.create('b')(requestFor('/rooms/a')).url).toBe('http://example.org/rooms/a')
  })

  test.each(['', '.', '..'])('does not put %j into a path, where it would get lost', (value) => {
    const room = Path.string().required('room')
    expect(() => room.create(value)(requestFor('/rooms/:room'))).toThrow(
      "path 'room': expected a segment of a path: not empty, '.' or '..'",
    )
    expect(room(room.create(value)(requestFor()))).toBe(value)
  })

  test('reads several segments of one parameter', () => {
    const files = Path.string().multi.required('*')
    expect(files(requestFor().withParams({ '*': 'a//b/c/' }))).toEqual(['a', 'b', 'c'])
    expect(files.create(['x', 'y'])(requestFor()).params).toEqual({ '*': 'x/y' })
    for (const segment of ['', 'a/b']) {
      expect(lensFailureOf(() => files.create([segment])).kind).toBe('invalid')
    }
  })

  test('reads and writes several texts in the one segment of a name', () => {
    const names = Path.string().multi.optional('names')
    expect(names(requestFor('/of/a%2Fb').withParams({ names: 'a/b' }))).toEqual(['a', 'b'])
    expect(names.create(['a', 'b'])(requestFor('/of/:names')).path).toBe('/of/a%2Fb')
    expect(names.create(undefined)(requestFor('/of/:names')).path).toBe('/of/:names')
    expect(names.meta.required).toBe(false)
  })

  test.each([
    ['/files/a%2Fb/c', 'a/b/c', ['a/b', 'c']],
    ['/files/x/a%2Fb%2F/', 'x/a/b//', ['x', 'a/b/']],
    ['/a/b%2Fa/b', 'b/a/b', ['b/a', 'b']],
    ['/a%2Fb', 'a/b', ['a/b']],
    ['/files', '', []],
    ['/files/', '', []],
    ['/%ff/*', 'a/b', ['a', 'b']],
    ['/other', 'a/b', ['a', 'b']],
  ])('takes no encoded slash in %s for the end of a segment', (path, rest, segments) => {
    const files = Path.string().multi.defaulted('*', [])
    expect(files(requestFor(path).withParams({ '*': rest }))).toEqual(segments)
  })

  test('writes what is left of a path in the place of the last segment *', () => {
    const files = Path.string().multi.required('*')
    const written = files.create(['a b', 'c'])(requestFor('/*/files/*?q=*'))
    expect(written.url).toBe('http://example.org/*/files/a%20b/c?q=*')
    expect(files(written)).toEqual(['a b', 'c'])
    const rest = Path.string().required('*')
    expect(rest.create('a%/')(requestFor('/files/*')).path).toBe('/files/a%25/')
    expect(rest.create('')(requestFor('/files/*')).path).toBe('/files/')
    expect(() => rest.create('a/../b')(requestFor('/files/*'))).toThrow("'.' or '..'")
  })

  test('cannot take a parameter away', () => {
    const id = Path.int().optional('id')
    expect(id(id.create(undefined)(requestFor()))).toBeUndefined()
    expect(() => id.create(undefined)(requestFor().withParams({ id: '7' }))).toThrow(
      "path 'id': expected a value, since a path parameter cannot be taken away, got nothing",
    )
  })
})
