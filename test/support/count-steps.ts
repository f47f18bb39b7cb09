/** How often `run` looks at a character of a string: what its time grows with, without a clock. */
export function countSteps(run: () => void): number {
  const { charCodeAt } = String.prototype
  let steps = 0
  String.prototype.charCodeAt = function (index) {
    steps++
    return charCodeAt.call(this, index)
  }
  try {
    run()
  } finally {
    String.prototype.charCodeAt = charCodeAt
  }
  return steps
}
