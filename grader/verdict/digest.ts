/** The digest of a verdict, and the version of an exercise: what must be equal for two verdicts to be comparable. */
import { canonicalJson } from './canonical.ts'
import { sha256 } from './sha256.ts'
import type { Verdict } from './verdict.ts'

/**
 * Hex SHA-256 over the canonical form, without fuel and console (fuel is equal too, and tested apart), without what follows
 * from the rest (score, feedback), and without the engine, whose change alone changes no verdict.
 */
export function digestOf(verdict: Omit<Verdict, 'digest'>): string {
  const { fuel: _fuel, console: _console, consoleTruncated: _truncated, ...more } = verdict
  const { engine: _engine, feedback: _feedback, score: _score, ...rest } = more
  const checks = rest.checks.map(({ fuel: _checkFuel, standing, ...check }) => ({
    ...check,
    ...(standing && { standing: { ...standing, fuelPerDecision: undefined } }),
  }))
  return sha256(canonicalJson({ ...rest, checks }))
}

/**
 * The version of an exercise: 16 hex digits over what its learner is given and graded by. `files` are texts by name: all
 * `.ts` files of the folder itself but the solution and tests, `task.mdx`, and what these import from other folders (see
 * `lackingImports`), by its path from this one. Line ends do not matter.
 */
export function exerciseVersion(files: Readonly<Record<string, string>>): string {
  const counted = Object.keys(files).filter(countsForVersion).sort()
  return sha256(canonicalJson(counted.map((name) => [name, files[name]!.replaceAll('\r\n', '\n')]))).slice(0, 16)
}

/** What nobody is graded by: our answer, and all that belongs to the learner's own tests. */
const GRADES_NOBODY = [
  'solution.ts',
  'tests.ts',
  'tests-texts.ts',
  'tests-run.ts',
  'tests-starter.ts',
  'example-tests.ts',
]

/** Whether a file of the folder is part of the exercise's version. */
export function countsForVersion(name: string): boolean {
  return name === 'task.mdx' || (name.endsWith('.ts') && !name.endsWith('.test.ts') && !GRADES_NOBODY.includes(name))
}

/**
 * Modules outside the folder that `files` import, directly or through one that is among them already, and that are not yet among
 * them: paths from the folder, such as `../01-mvcc-store/judge.ts`. Whoever adds them asks again, until nothing is lacking.
 */
export function lackingImports(files: Readonly<Record<string, string>>): string[] {
  const lacking = new Set<string>()
  for (const name of Object.keys(files).filter(countsForVersion)) {
    const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : ''
    for (const [, path] of files[name]!.matchAll(/\b(?:from|import)\s*\(?\s*'(\.\.?\/[^']+\.ts)'/g)) {
      const whole = withoutDetours(folder + path!)
      if (whole.startsWith('../') && !(whole in files)) lacking.add(whole)
    }
  }
  return [...lacking].sort()
}

function withoutDetours(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
