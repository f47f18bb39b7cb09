import { Header } from '../lens/header.ts'
import type { LensMeta } from '../lens/lens.ts'
import { Query } from '../lens/query.ts'
import { requestOf, type UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { AnyRequestLens } from './endpoint-lenses.ts'
import { type FieldValue, textValue } from './json-schema.ts'

/**
 * What a field could hold for its lens to read the default, as JSON: what the lens writes. `undefined` if it has none, and
 * for one that it cannot write, or would read as another value, as where its schema makes something else of what stands there.
 */
export function fieldDefault(lens: AnyRequestLens): FieldValue | undefined {
  const { meta } = lens
  if (meta.required) return undefined
  const nothing = requestOf(new Request('http://localhost/'))
  try {
    const value = lens(nothing)
    if (value === undefined) return undefined
    // What it reads is what it writes, or is refused.
    const request = lens.create(value as never)(nothing)
    const again = lens.create(lens(request) as never)(nothing)
    const found = valueIn(request, meta)
    return JSON.stringify(found) === JSON.stringify(valueIn(again, meta)) ? found : undefined
  } catch {
    return undefined
  }
}

function valueIn(request: UpgradeRequest, meta: LensMeta): FieldValue {
  const { type, name } = meta
  const text = (meta.target === 'query' ? Query : Header).string()
  if (!type.endsWith('[]')) return textValue(text.required(name)(request), meta)
  const texts = text.multi.defaulted(name, [])(request)
  return texts.map((each) => textValue(each, meta))
}
