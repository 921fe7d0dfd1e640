/**
 * Which version of a group comes first: general availability before beta before alpha, the higher number before the lower;
 * what is named otherwise comes last.
 *
 * Where to read upstream: apimachinery `pkg/version/helpers.go` (CompareKubeAwareVersionStrings).
 */
const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/

const STAGES = ['alpha', 'beta', undefined]

function partsOf(version: string): readonly [stage: number, major: number, minor: number] | undefined {
  const match = VERSION.exec(version)
  return match ? [STAGES.indexOf(match[2]), Number(match[1]), Number(match[3] ?? 0)] : undefined
}

/** For sorting, the preferred one first. */
export function byPriority(a: string, b: string): number {
  const left = partsOf(a)
  const right = partsOf(b)
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2]
}
