/**
 * What `clusterwright check` found, as documents for other programs: the lint's findings, each under its rule and at its
 * line, and what the proof complains of, at the file that it speaks of.
 *
 * What we leave out: the matrix of wrong solutions against checks, which has a page of its own.
 */
import type { LintFinding } from '../author/lint.ts'
import { RULES } from '../author/lint.ts'
import { Annotations, command } from '../reporters/github.ts'
import { readable } from '../reporters/readable.ts'
import { SARIF_OPENING, uriOf } from '../reporters/sarif.ts'

/** One exercise, after its proof. */
export interface ProvenExercise {
  readonly id: string
  /** Below `exercises/`. */
  readonly name: string
  /** What keeps it from being proven, findings of the lint apart. */
  readonly unproven: readonly string[]
  readonly findings: readonly LintFinding[]
}

/** A finding of either sort. */
interface Finding extends Omit<LintFinding, 'rule'> {
  readonly rule: keyof typeof ALL_RULES
}

/** Turns a path below the course's folder into one seen from where people stand. */
type Located = (file: string) => string

export interface CheckReporter {
  readonly name: string
  readonly what: string
  report(exercises: readonly ProvenExercise[], located: Located): string
}

const PROOF = 'CW2001'
const ALL_RULES = {
  ...RULES,
  [PROOF]: 'the solution passes, the starter fails, wrong and hostile submissions are caught, and what is kept is true',
} as const

function findingsOf({ name, findings, unproven }: ProvenExercise): Finding[] {
  return [
    ...findings,
    ...unproven.map((message): Finding => {
      const [file = 'checks.ts'] = /^(?:[\w-]+\/)?[\w.-]+\.(?:ts|mdx|json|txt)\b/.exec(message) ?? []
      return { rule: PROOF, level: 'error', file: `exercises/${name}/${file}`, message }
    }),
  ].map((one) => ({ ...one, message: readable(one.message) }))
}

const sarif: CheckReporter = {
  name: 'sarif',
  what: 'SARIF 2.1.0, for code scanning and editors',
  report(exercises, located) {
    const ids = Object.keys(ALL_RULES) as (keyof typeof ALL_RULES)[]
    const results = exercises.flatMap(findingsOf).map(({ rule, level, file, line, message }) => ({
      ...{ ruleId: rule, ruleIndex: ids.indexOf(rule), level, message: { text: message } },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(located(file)) },
            ...(line !== undefined && { region: { startLine: line } }),
          },
        },
      ],
    }))
    const rules = ids.map((id) => ({ id, shortDescription: { text: ALL_RULES[id] } }))
    const tool = { driver: { name: 'clusterwright check', rules } }
    const lines = results.map((result) => `\n${JSON.stringify(result)}`).join(',')
    return `${SARIF_OPENING}${lines}\n],"tool":${JSON.stringify(tool)},"invocations":[{"executionSuccessful":true}]}]}\n`
  },
}

const github: CheckReporter = {
  name: 'github',
  what: 'annotations for GitHub Actions',
  report(exercises, located) {
    const annotations = new Annotations('en')
    for (const exercise of exercises)
      for (const { rule, level, file, line, message } of findingsOf(exercise)) {
        const properties = { file: located(file), line, title: `${exercise.id} · ${rule}` }
        annotations.add({ kind: level, rank: 0, text: command(level, properties, message) })
      }
    return annotations.text()
  },
}

/** One document; a later version may have fields more, never fewer. */
const json: CheckReporter = {
  name: 'json',
  what: 'one JSON document: each exercise, whether it is proven, its findings',
  report(exercises, located) {
    const told = exercises.map((exercise) => ({
      id: exercise.id,
      folder: `exercises/${exercise.name}`,
      isProven: exercise.unproven.length === 0 && exercise.findings.every(({ level }) => level !== 'error'),
      findings: findingsOf(exercise).map((one) => ({ ...one, file: located(one.file) })),
    }))
    return `${JSON.stringify({ version: 1, rules: ALL_RULES, exercises: told }, undefined, 2)}\n`
  },
}

export const CHECK_REPORTERS: readonly CheckReporter[] = [sarif, github, json]
