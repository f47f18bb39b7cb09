/** Frames shown. */
const DEPTH = 3

/** Frames looked at: those of the library may be many. */
const MOST = 50

/**
 * In the first frame: the folder of this library or, in a bundle, its file, however this engine writes it. `import.meta`
 * would be shorter, but is a syntax error where Babel or TypeScript compile modules to CommonJS, as for Jest.
 */
const LIBRARY =
  /^\s*(?:at )?(?:[^/\\]*?(?: \(|@))?(.+?)(?:testing[\\/]clock[\\/]short-stack.*)?:\d+:\d+\)?$/

/** Where the caller is, a line for each frame, without those of this library. */
export function shortStack(): string {
  const limit = Error.stackTraceLimit
  // By reflection, which does not throw where `Error` is frozen.
  Reflect.set(Error, 'stackTraceLimit', MOST)
  const { stack = '' } = new Error('here')
  Reflect.set(Error, 'stackTraceLimit', limit)
  // What stands above the frames differs from engine to engine; a frame has a line and a column.
  const frames = stack.split('\n').filter((line) => /:\d+:\d+\)?$/.test(line))
  const library = LIBRARY.exec(frames[0] ?? '')?.[1]
  const others = frames.filter((line) => library === undefined || !line.includes(library))
  return (others.length > 0 ? others : frames).slice(0, DEPTH).join('\n')
}
