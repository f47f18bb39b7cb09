import type { Params } from '../websocket/request/upgrade-request.ts'

/**
 * The parameters of a path template: `PathParams<'/rooms/:room/*'>` is `{ readonly room: string; readonly '*': string }`.
 * A template that is not known when compiling may have any.
 */
export type PathParams<P> = P extends string ? { readonly [Name in ParamNames<P>]: string } : Params

type ParamNames<P extends string> = string extends P
  ? string
  : P extends `${infer Segment}/${infer Rest}`
    ? ParamName<Segment> | (Rest extends '*' ? '*' : ParamNames<Rest>)
    : ParamName<P>

type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never
