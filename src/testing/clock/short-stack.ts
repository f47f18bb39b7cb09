/** Frames shown. */
const DEPTH = 3

/** Frames looked at: those of the library may be many. */
const MOST = 50

const HERE: URL = new URL('../../', import.meta.url)

/** Where this library is, in the two ways that stacks write it. */
const PLACES: readonly string[] = [
  HERE.href,
  decodeURI(HERE.pathname).replace(/^\/(?=[A-Za-z]:)/, ''),
]

/** Where the caller is, a line for each frame, without those of this library. */
export function shortStack(): string {
  const limit = Error.stackTraceLimit
  // By reflection, which does not throw where `Error` is frozen.
  Reflect.set(Error, 'stackTraceLimit', MOST)
  const { stack = '' } = new Error('here')
  Reflect.set(Error, 'stackTraceLimit', limit)
  // What stands above the frames differs from engine to engine; a frame has a line and a column.
  const frames = stack.split('\n').filter((line) => /:\d+:\d+\)?$/.test(line))
  const others = frames.filter((line) => !PLACES.some((place) => line.includes(place)))
  return (others.length > 0 ? others : frames).slice(0, DEPTH).join('\n')
}
