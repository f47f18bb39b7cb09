import { expect, test } from 'vitest'
import { requestHeaders } from '../../../src/node/http/raw-headers.ts'

test('headers of a request are an object with their names and order; several values are in a list', () => {
  const headers = requestHeaders([
    ['Host', 'a.example'],
    ['Cookie', 'a=1'],
    ['X-Team', 'choir'],
    ['cookie', 'b=2'],
  ])
  expect(Object.entries(headers)).toEqual([
    ['Host', 'a.example'],
    ['Cookie', ['a=1', 'b=2']],
    ['X-Team', 'choir'],
  ])
})
