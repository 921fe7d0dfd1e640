/**
 * What can be said of an exercise without running it. Each rule has a number, says which file is meant, and what to do.
 *
 * What we leave out: spelling and style. The prose is read by people.
 */
import type { CheckSet } from '../kit/checks.ts'
import type { Locale, Texts } from '../verdict/said.ts'
import { missingTexts } from '../verdict/say.ts'
import { nearest } from '../cli/nearest.ts'
import { readMistake } from './mistake.ts'

/** An exercise as its author wrote it. */
export interface Authored {
  readonly id: string
  /** Below `exercises/`: `04-scheduler/01-fit-filter`. */
  readonly name: string
  /** The front matter of `task.mdx`. */
  readonly matter: Readonly<Record<string, unknown>>
  /** Texts of the files by their path in the folder: `task.mdx`, `wrong/x.ts` … */
  readonly files: Readonly<Record<string, string>>
  readonly checks: CheckSet
}

export interface LintFinding {
  readonly rule: keyof typeof RULES
  readonly level: 'error' | 'warning'
  /** Below the course's folder. */
  readonly file: string
  /** From 1; absent where it is the file as a whole, or something that is not in it. */
  readonly line?: number
  readonly message: string
}

/** The rules, for people and for reports that list them. */
export const RULES = {
  CW1001: 'an id is lower-case words with hyphens, and the folder is a number and the id',
  CW1002: 'prerequisites are ids of this course, and never lead back',
  CW1003: 'front matter tells section, summary, concepts and minutes',
  CW1004: 'every stage of the task is bound to a check, and every check’s stage is one of the task',
  CW1005: 'every check’s hint is there, and every hint has a heading, a text and somebody who leads to it',
  CW1006: 'texts have a length that is read',
  CW1007: 'what is said in English is said in every language of the course',
  CW1008: 'a wrong solution says which check catches it, which hint helps, and what it gets wrong',
  CW1009: 'the starter marks one place to fill in',
} as const

export interface LintOptions {
  /** Languages of the course beside English. */
  readonly languages: readonly Exclude<Locale, 'en'>[]
  /** Of every exercise of the course, by id. */
  readonly prerequisites: ReadonlyMap<string, readonly string[]>
}

/** All that is wrong with one exercise. */
export function lintExercise(exercise: Authored, options: LintOptions): LintFinding[] {
  return [
    ...lintIdentity(exercise),
    ...lintMatter(exercise),
    ...lintPrerequisites(exercise, options),
    ...lintStages(exercise),
    ...lintHints(exercise),
    ...lintLengths(exercise),
    ...lintWrong(exercise),
    ...lintStarter(exercise),
    ...(options.languages.includes('es') ? lintSpanish(exercise) : []),
  ]
}

/** `near` is the text by which the line is found that is meant. */
function finding(
  rule: LintFinding['rule'],
  { name, files }: Authored,
  file: string,
  message: string,
  near?: string,
): LintFinding {
  const line = near === undefined ? undefined : lineOf(files[file], near)
  return { rule, level: 'error', file: `exercises/${name}/${file}`, ...(line !== undefined && { line }), message }
}

function lineOf(text: string | undefined, near: string): number | undefined {
  const at = text?.indexOf(near) ?? -1
  return at === -1 ? undefined : text!.slice(0, at).split('\n').length
}

/** A name as a source text or a head of comments has it. */
const nameIn = ({ files }: Authored, file: string, name: string): string =>
  files[file]?.includes(`'${name}'`) ? `'${name}'` : name

function lintIdentity(exercise: Authored): LintFinding[] {
  const { id, name } = exercise
  const folder = name.slice(name.lastIndexOf('/') + 1)
  const say = (message: string) => [finding('CW1001', exercise, 'task.mdx', message, 'id:')]
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) return say(`the id "${id}" must be lower-case words joined by hyphens`)
  if (folder.replace(/^\d+-/, '') !== id)
    return say(`the folder is "${folder}": name it by a number and the id, "01-${id}"`)
  return []
}

/** A list of the front matter; anything else is an empty one. */
export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

function lintPrerequisites(exercise: Authored, { prerequisites }: LintOptions): LintFinding[] {
  const say = (message: string) => finding('CW1002', exercise, 'task.mdx', message, 'prerequisites:')
  const own = prerequisites.get(exercise.id) ?? []
  const unknown = own.filter((id) => !prerequisites.has(id))
  const found = unknown.map((id) => say(`the prerequisite "${id}" is no exercise of this course: correct or remove it`))
  const seen = new Set<string>()
  const open = own.map((id) => [id])
  for (let path = open.shift(); path; path = open.shift()) {
    const last = path.at(-1)!
    if (last === exercise.id) {
      const ring = [exercise.id, ...path].join(' → ')
      return [...found, say(`the prerequisites lead back to the exercise: ${ring}; remove one of them`)]
    }
    if (seen.has(last)) continue
    seen.add(last)
    open.push(...(prerequisites.get(last) ?? []).map((id) => [...path, id]))
  }
  return found
}

function lintMatter(exercise: Authored): LintFinding[] {
  const { section, summary, concepts, estimate } = exercise.matter
  const say = (message: string) => finding('CW1003', exercise, 'task.mdx', message, '---')
  return [
    ...(typeof section === 'string' && section !== '' ? [] : [say('add "section": where in the course it belongs')]),
    ...(typeof summary === 'string' && summary !== '' ? [] : [say('add "summary": one sentence for lists')]),
    ...(listOf(concepts).length > 0 ? [] : [say('add "concepts": what a learner meets here')]),
    ...(typeof estimate === 'number' && estimate >= 1 ? [] : [say('add "estimate": minutes, a number')]),
  ]
}

function lintStages(exercise: Authored): LintFinding[] {
  const stages = listOf(exercise.matter['stages'])
  const { checks } = exercise.checks
  const unbound = stages
    .filter((stage) => !checks.some((check) => check.stage === stage))
    .map((stage) =>
      finding('CW1004', exercise, 'checks.ts', `no check has stage: '${stage}', which the task lists: bind one`),
    )
  const unknown = checks
    .filter(({ stage }) => stage !== undefined && !stages.includes(stage))
    .map(({ name, stage }) =>
      finding(
        'CW1004',
        exercise,
        'checks.ts',
        `"${name}" has the stage "${stage}", which the task does not list`,
        nameIn(exercise, 'checks.ts', name),
      ),
    )
  return [...unbound, ...unknown]
}

/** Sections of a hints file: key, heading and text. */
export function hintSections(text: string): { key: string; title: string; body: string }[] {
  const parts = text.split(/^## /m).slice(1)
  return parts.map((part) => {
    const [head = '', ...rest] = part.split('\n')
    const [, key = '', title = ''] = /^([a-z0-9-]+):\s*(.*)$/.exec(head) ?? []
    return { key, title, body: rest.join('\n').trim() }
  })
}

function lintHints(exercise: Authored): LintFinding[] {
  const { files, checks } = exercise
  const sections = hintSections(files['hints.mdx'] ?? '')
  const say = (file: string, message: string, near?: string) => finding('CW1005', exercise, file, message, near)
  const keys = sections.map(({ key }) => key)
  const sources = Object.entries(files).filter(([path]) => path.endsWith('.ts') && !path.includes('/'))
  const isNamed = (key: string): boolean =>
    checks.checks.some(({ hint }) => hint === key) || sources.some(([, text]) => text.includes(`'${key}'`))
  return [
    ...(sections.length >= 3
      ? []
      : [
          say('hints.mdx', `there are ${sections.length} hints: write at least three, from orientation to nearly code`),
        ]),
    ...sections
      .filter(({ key }) => key === '')
      .map(({ body }) =>
        say('hints.mdx', `a section has no key: begin with "## key: A question?" (before "${body.slice(0, 40)}")`),
      ),
    ...sections
      .filter(({ body, title }) => body === '' || title === '')
      .map(({ key }) => say('hints.mdx', `the hint "${key}" is empty: give it a question and an answer`, `## ${key}:`)),
    ...checks.checks
      .filter(({ hint }) => hint !== undefined && !keys.includes(hint))
      .map(({ name, hint }) =>
        say('checks.ts', `"${name}" names the hint "${hint}", which hints.mdx does not have`, `'${hint}'`),
      ),
    ...keys
      .filter((key) => key !== '' && !isNamed(key))
      .map((key) =>
        say('hints.mdx', `nothing leads to the hint "${key}": name it in a check or a finding`, `## ${key}:`),
      ),
  ]
}

/** Words of the prose: code, front matter and marks are not counted. */
export function wordsIn(mdx: string): number {
  const prose = mdx
    .replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, '')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/[*_`#>|]/g, ' ')
  return prose.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

const LENGTHS = { taskMin: 60, taskMax: 260, hintMax: 140, titleMax: 60, summaryMax: 140, checkMax: 90 } as const

function lintLengths(exercise: Authored): LintFinding[] {
  const { files, matter, checks } = exercise
  const say = (file: string, message: string, near?: string) => finding('CW1006', exercise, file, message, near)
  const task = wordsIn(files['task.mdx'] ?? '')
  const isBetween = task >= LENGTHS.taskMin && task <= LENGTHS.taskMax
  const long = (text: unknown, max: number): boolean => typeof text === 'string' && text.length > max
  return [
    ...(isBetween
      ? []
      : [say('task.mdx', `the task has ${task} words: ${LENGTHS.taskMin} to ${LENGTHS.taskMax} are read`)]),
    ...(long(matter['title'], LENGTHS.titleMax)
      ? [say('task.mdx', `the title is longer than ${LENGTHS.titleMax} characters`, 'title:')]
      : []),
    ...(long(matter['summary'], LENGTHS.summaryMax)
      ? [say('task.mdx', `the summary is longer than ${LENGTHS.summaryMax} characters`, 'summary:')]
      : []),
    ...hintSections(files['hints.mdx'] ?? '')
      .filter(({ body }) => wordsIn(body) > LENGTHS.hintMax)
      .map(({ key, body }) =>
        say('hints.mdx', `the hint "${key}" has ${wordsIn(body)} words: at most ${LENGTHS.hintMax}`, `## ${key}:`),
      ),
    ...checks.checks
      .filter(({ name }) => name.length > LENGTHS.checkMax)
      .map(({ name }) =>
        say(
          'checks.ts',
          `"${name}" is longer than ${LENGTHS.checkMax} characters`,
          nameIn(exercise, 'checks.ts', name),
        ),
      ),
  ]
}

const wrongFiles = ({ files }: Authored): [path: string, text: string][] =>
  Object.entries(files).filter(([path]) => path.startsWith('wrong/') && path.endsWith('.ts'))

function lintWrong(exercise: Authored): LintFinding[] {
  const names = exercise.checks.checks.map(({ name }) => name)
  const hints = hintSections(exercise.files['hints.mdx'] ?? '').map(({ key }) => key)
  return wrongFiles(exercise).flatMap(([path, text]) => {
    const { checks, hint, text: said } = readMistake(text)
    const say = (message: string, near?: string) => finding('CW1008', exercise, path, message, near)
    return [
      ...(checks.length > 0 && hint !== undefined
        ? []
        : [
            say(
              'does not say which check must catch it and which hint it must give: begin with "// check: …" and "// hint: …"',
            ),
          ]),
      ...checks
        .filter((name) => !names.includes(name))
        .map((name) => say(`names the check "${name}", which does not exist: ${among(name, names)}`, name)),
      ...(hint === undefined || hints.includes(hint)
        ? []
        : [say(`names the hint "${hint}", which hints.mdx does not have: ${among(hint, hints)}`, hint)]),
      ...(said.en === '' ? [say('does not say what it gets wrong: add "// One sentence." below the hint')] : []),
    ]
  })
}

/** What was probably meant, else all there is. */
function among(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return known.length === 0 ? 'there is none' : `there is ${known.map((one) => `"${one}"`).join(', ')}`
}

function lintStarter(exercise: Authored): LintFinding[] {
  const todo = (exercise.files['starter.ts'] ?? '').split('TODO').length - 1
  return todo === 1
    ? []
    : [finding('CW1009', exercise, 'starter.ts', `has ${todo} TODO marks: it must have exactly one`, 'TODO')]
}

function lintTexts({ checks }: CheckSet, texts: Texts): string[] {
  const names = texts.names ?? {}
  const known = new Set(checks.map(({ name }) => name))
  return [
    ...missingTexts(texts).map((what) => `${what}: add it`),
    ...[...known]
      .filter((name) => !Object.hasOwn(names, name))
      .map((name) => `the check "${name}" has no name in Spanish: add it to \`names\``),
    ...Object.keys(names)
      .filter((name) => !known.has(name))
      .map((name) => `\`names\` has "${name}", which is no check: take it out`),
  ]
}

function lintSpanish(exercise: Authored): LintFinding[] {
  const { files, checks, id } = exercise
  const say = (file: string, message: string, near?: string) => finding('CW1007', exercise, file, message, near)
  // Short exercises say their texts in the file of their checks.
  const textsFile = files['texts.ts'] === undefined ? 'checks.ts' : 'texts.ts'
  const pairs = ['task', 'hints'].filter((name) => files[`${name}.es.mdx`] === undefined)
  const keys = (file: string): string =>
    hintSections(files[file] ?? '')
      .map(({ key }) => key)
      .join(', ')
  const [english, spanish] = [keys('hints.mdx'), keys('hints.es.mdx')]
  const otherId = /^id:\s*(\S+)/m.exec(files['task.es.mdx'] ?? '')?.[1]
  return [
    ...pairs.map((name) => say(`${name}.mdx`, `there is no ${name}.es.mdx: translate it`)),
    ...(files['hints.es.mdx'] !== undefined && english !== spanish
      ? [say('hints.es.mdx', `has the hints ${spanish}, but in English there are ${english}`)]
      : []),
    ...(files['task.es.mdx'] !== undefined && otherId !== id
      ? [say('task.es.mdx', `has the id "${otherId}": it must be "${id}"`, 'id:')]
      : []),
    ...(checks.texts ? lintTexts(checks, checks.texts).map((what) => say(textsFile, what)) : []),
    ...wrongFiles(exercise)
      .filter(([, text]) => readMistake(text).text.es === '')
      .map(([path]) => say(path, 'what it gets wrong is not said in Spanish: add "// es: …" to its head')),
  ]
}
