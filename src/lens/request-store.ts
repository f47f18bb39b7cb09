import type { UpgradeRequest } from '../websocket/request/upgrade-request.ts'
import type { LensMeta } from './lens.ts'
import type { RequestEdit, RequestPart } from './request-lens.ts'

/** What a field holds on the wire; none when it is missing. */
export type Texts = readonly string[]

/** How one part of a request holds the texts of a field. */
export interface TextStore {
  read(request: UpgradeRequest<unknown>, name: string): Texts
  /** The edit that puts `texts` in place of what the field holds; a `LensFailure` for what cannot stand there. */
  writer(texts: Texts, at: LensMeta): RequestEdit
}

/** One part of a request: its fields with one value, and those with several. */
export interface RequestStore<Part extends RequestPart> {
  readonly target: Part
  /** Throws a `TypeError` for a name that no field can have. */
  checkName(name: string): void
  readonly one: TextStore
  readonly many: TextStore
}
