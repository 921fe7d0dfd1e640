/** An exercise as the grader is handed it. `grader/` never imports one: the terminal reads folders, the page's build lists them. */
import type { CheckSet } from '../kit/checks.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import type { Locale, Texts } from './said.ts'
import type { Score } from './verdict.ts'

export interface Exercise {
  readonly id: string
  /** See `exerciseVersion` in `digest.ts`. */
  readonly version: string
  readonly checks: CheckSet
  readonly limits: Partial<Limits>
  /** The parts of the task, in its order. */
  readonly stages?: readonly string[]
  /** Default: binary. */
  readonly credit?: Score['credit']
  /** Its wrong solutions, each with the checks that it fails. */
  readonly misconceptions?: readonly Misconception[]
}

/** A known mistake, and how it is recognised. */
export interface Misconception {
  /** Name of the file in `wrong/`, without its ending. */
  readonly name: string
  readonly text: Readonly<Record<Locale, string>>
  readonly hint: string
  /** Names of the checks that it fails on the seeds of a submit, in source order. */
  readonly failed: readonly string[]
  /** What each of them says, in keys. Absent where nothing is said by key. */
  readonly says?: Readonly<Record<string, string>>
}

/** All that a verdict on it may say: its texts, and its known mistakes by the keys `mistake.NAME`. */
export function textsOf({ checks, misconceptions = [] }: Pick<Exercise, 'checks' | 'misconceptions'>): Texts {
  const mistakes = (locale: Locale) =>
    Object.fromEntries(misconceptions.map(({ name, text }) => [`mistake.${name}`, text[locale]]))
  return {
    ...checks.texts,
    en: { ...checks.texts?.en, ...mistakes('en') },
    es: { ...checks.texts?.es, ...mistakes('es') },
  }
}

/** The number of the part of the task that each check belongs to, from 1, by the check's name. Checks without a stage have none. */
export function taskNumbersOf({ checks, stages = [] }: Pick<Exercise, 'checks' | 'stages'>): Map<string, number> {
  const numbers = checks.checks.map(({ name, stage }) => [name, stage === undefined ? 0 : stages.indexOf(stage) + 1])
  return new Map((numbers as [string, number][]).filter(([, number]) => number > 0))
}

/** `stages: [need, waste]` in a task's front matter. */
export const stagesOf = (task: string): string[] =>
  (/^stages:\s*\[([^\]]*)\]\s*$/m.exec(frontMatter(task))?.[1] ?? '')
    .split(',')
    .map((stage) => stage.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter((stage) => stage !== '')

/** `credit: partial` in a task's front matter counts each check by its weight. */
export function creditOf(task: string): Score['credit'] {
  const value = /^credit:\s*(\S+)\s*$/m.exec(frontMatter(task))?.[1] ?? 'binary'
  if (value === 'binary' || value === 'partial') return value
  throw new Error(
    `task.mdx: credit is "${value}": write binary (all or nothing) or partial (by the weights of the checks)`,
  )
}

const frontMatter = (task: string): string => /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(task)?.[1] ?? ''

/** The limits in a task's front matter: `limits: { fuel: 50_000_000, memoryMiB: 32 }`. Absent ones have their defaults. */
export function limitsOf(task: string): Partial<Limits> {
  const text = /^limits:\s*\{([^}]*)\}\s*$/m.exec(frontMatter(task))?.[1] ?? ''
  const limits: { -readonly [K in keyof Limits]?: Limits[K] } = {}
  for (const entry of text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const [, name, digits] = /^(\w+):\s*([\d_]+)$/.exec(entry) ?? []
    const value = Number(digits?.replaceAll('_', ''))
    if (name === 'fuel') limits.fuelPerCall = value
    else if (name === 'totalFuel') limits.fuel = value
    else if (name === 'checkFuel') limits.checkFuel = value
    else if (name === 'calls') limits.calls = value
    else if (name === 'memoryMiB') limits.memoryBytes = value * 1024 * 1024
    else
      throw new Error(
        `task.mdx: "${entry}" is no limit; write fuel, totalFuel, checkFuel, calls or memoryMiB with a whole number`,
      )
  }
  return limits
}
