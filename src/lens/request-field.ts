import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import { wrongType } from '../websocket/support/check-function.ts'
import type { Conversion, Reading } from './conversion.ts'
import type { LensMeta } from './lens.ts'
import { missing, written } from './lens-failure.ts'
import type { RequestEdit, RequestLenses, RequestPart, RequestReaders } from './request-lens.ts'
import type { RequestStore, TextStore, Texts } from './request-store.ts'

/** `fresh` makes the value for one reader from a default. */
export function readers<Out, Part extends RequestPart>(
  store: RequestStore<Part>,
  texts: TextStore,
  type: Reading<Texts, Out>,
  fresh: (value: Out) => Out,
): RequestReaders<Out, Part> {
  const metaOf = metaFor(store, type)
  return {
    required(name) {
      const meta = metaOf(name, true)
      return reader(texts, type, meta, () => {
        throw missing(meta, type.expected)
      })
    },
    optional: (name) => reader(texts, type, metaOf(name, false), () => undefined),
    defaulted: (name, value) => reader(texts, type, metaOf(name, false), () => fresh(value)),
  }
}

export function lenses<Out, In, Part extends RequestPart>(
  store: RequestStore<Part>,
  texts: TextStore,
  type: Conversion<Texts, Out, In>,
  fresh: (value: Out) => Out,
): RequestLenses<Out, In, Part> {
  const { required, optional, defaulted } = readers(store, texts, type, fresh)
  return {
    required(name) {
      const lens = required(name)
      return Object.assign(lens, { create: writer(texts, type, lens.meta, false) })
    },
    optional(name) {
      const lens = optional(name)
      return Object.assign(lens, { create: remover(texts, type, lens.meta, false) })
    },
    defaulted(name, value) {
      const lens = defaulted(name, value)
      const noneByDefault = Array.isArray(value) && value.length === 0
      return Object.assign(lens, { create: remover(texts, type, lens.meta, noneByDefault) })
    },
  }
}

function metaFor<Part extends RequestPart>(
  store: RequestStore<Part>,
  { type, about }: Reading<Texts, unknown>,
): (name: string, required: boolean) => LensMeta {
  return (name, required) => {
    // Not every caller is type-checked.
    if (typeof name !== 'string') throw wrongType(name, `a lens for a ${store.target} needs a name`)
    store.checkName(name)
    return { target: store.target, name, type, required, ...about }
  }
}

function reader<Out, Absent>(
  texts: TextStore,
  type: Reading<Texts, Out>,
  meta: LensMeta,
  absent: () => Absent,
): ((request: UpgradeRequest<unknown>) => Out | Absent) & { readonly meta: LensMeta } {
  const read = (request: UpgradeRequest<unknown>): Out | Absent => {
    const found = texts.read(request, meta.name)
    return found.length === 0 ? absent() : type.read(found, meta)
  }
  return Object.assign(read, { meta })
}

/** Refuses to write an empty list, unless reading it gives the same value back. */
function writer<In>(
  texts: TextStore,
  type: Conversion<Texts, unknown, In>,
  meta: LensMeta,
  noneAllowed: boolean,
): (value: In) => RequestEdit {
  return (value) =>
    written(() => {
      const values = type.write(value, meta)
      if (values.length === 0 && !noneAllowed) throw missing(meta, 'at least one value')
      return texts.writer(values, meta)
    })
}

/** As `writer`; takes the field away for `undefined`. */
function remover<In>(
  texts: TextStore,
  type: Conversion<Texts, unknown, In>,
  meta: LensMeta,
  noneAllowed: boolean,
): (value: In | undefined) => RequestEdit {
  const create = writer(texts, type, meta, noneAllowed)
  return (value) => (value === undefined ? texts.writer([], meta) : create(value))
}
