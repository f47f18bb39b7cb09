import { legible } from '../protocol/errors/quote.ts'
import type { StandardIssue } from './standard-schema.ts'

const MAX_ISSUES = 3
const MAX_ISSUE_CHARACTERS = 120

/** What a schema found wrong, on one line: the first few, each cut short. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  const shown = issues.slice(0, MAX_ISSUES).map(describeOne)
  if (issues.length > MAX_ISSUES) shown.push(`and ${issues.length - MAX_ISSUES} more`)
  return shown.join('; ')
}

function describeOne(issue: StandardIssue): string {
  // Not `map`: arktype's path is an array of its own kind, whose empty copy has a member.
  const path = Array.from(issue.path ?? [], (part) =>
    String(typeof part === 'object' ? part.key : part),
  )
  const text = path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`
  const cut = text.slice(0, MAX_ISSUE_CHARACTERS)
  // Issues may be in any language, and quote the value.
  return `${legible(cut)}${cut === text ? '' : '...'}`
}
