/**
 * Reading records that come from outside: the browser's storage, or a file somebody hands in.
 *
 * Each reader returns a value of the right shape or throws a `RecordError` that names the place, the rule and the remedy.
 * Unknown fields are left out, so a newer version's file still gives what this version understands.
 */
import type {
  DatedVerdict,
  Draft,
  DraftRecord,
  EarlierDraft,
  EarlierReason,
  ExerciseProgress,
  LessonProgress,
  Preferences,
  QuizAnswer,
  RecordedStatus,
} from './progress.ts'
import { earlierDraftsMax, figureSpeeds } from './progress.ts'

/** A value is not what it must be. The message is for people: place, rule, what was found. */
export class RecordError extends Error {
  constructor(where: string, rule: string, found: unknown) {
    super(`${where} must be ${rule}, but it is ${describe(found)}.`)
    this.name = 'RecordError'
  }
}

/** Longest draft that is taken from a file, in characters. A learner's file has a few thousand. */
export const sourceLengthMax = 200_000

const identifier = /^[a-z0-9][a-z0-9-]{0,63}$/
const statuses: readonly RecordedStatus[] = ['pass', 'fail', 'error', 'inconclusive', 'internal']
const reasons: readonly EarlierReason[] = ['other-tab', 'reset', 'exercise-changed', 'import']
const editors: readonly Preferences['editor'][] = ['monaco', 'plain', 'automatic']

/** Whether a text can name an exercise, a lesson or a question. */
export function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && identifier.test(value)
}

export function readIdentifier(value: unknown, where: string): string {
  if (!isIdentifier(value)) throw new RecordError(where, 'a name of lower-case letters, digits and hyphens', value)
  return value
}

export function readObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RecordError(where, 'an object', value)
  }
  return value as Record<string, unknown>
}

export function readList(value: unknown, where: string, lengthMax: number): unknown[] {
  if (!Array.isArray(value)) throw new RecordError(where, 'a list', value)
  if (value.length > lengthMax) {
    throw new RecordError(where, `a list of at most ${lengthMax} entries`, `${value.length} entries`)
  }
  return value
}

export function readDraftRecord(value: unknown, where: string): DraftRecord {
  const object = readObject(value, where)
  const earlier = readList(object.earlier ?? [], `${where}.earlier`, 1000).map((entry, index): EarlierDraft => {
    const place = `${where}.earlier[${index}]`
    const reason = readOneOf(readObject(entry, place).reason, reasons, `${place}.reason`)
    return { ...readDraft(entry, place), reason }
  })
  return { draft: readDraft(object.draft, `${where}.draft`), earlier: earlier.slice(0, earlierDraftsMax) }
}

export function readExerciseProgress(value: unknown, where: string): ExerciseProgress {
  const object = readObject(value, where)
  return {
    attempts: readCount(object.attempts, `${where}.attempts`),
    hintsOpened: readCount(object.hintsOpened ?? 0, `${where}.hintsOpened`),
    ...(object.latest === undefined ? {} : { latest: readVerdict(object.latest, `${where}.latest`) }),
    ...(object.passed === undefined ? {} : { passed: readVerdict(object.passed, `${where}.passed`) }),
  }
}

export function readLessonProgress(value: unknown, where: string): LessonProgress {
  const object = readObject(value, where)
  const quiz = readList(object.quiz ?? [], `${where}.quiz`, 1000).map((entry, index) => {
    const place = `${where}.quiz[${index}]`
    const fields = readObject(entry, place)
    const question = readIdentifier(fields.question, `${place}.question`)
    return { question, answer: readAnswer(fields.answer, `${place}.answer`) }
  })
  return {
    quiz,
    ...(object.readAt === undefined ? {} : { readAt: readCount(object.readAt, `${where}.readAt`) }),
    ...(object.place === undefined ? {} : { place: readPlace(object.place, `${where}.place`) }),
  }
}

function readPlace(value: unknown, where: string): { heading: string; at: number } {
  const object = readObject(value, where)
  return { heading: readText(object.heading, `${where}.heading`, 200), at: readCount(object.at, `${where}.at`) }
}

export function readPreferences(value: unknown, where: string): Preferences {
  const object = readObject(value, where)
  return {
    editor: readOneOf(object.editor, editors, `${where}.editor`),
    slashOpensSearch: object.slashOpensSearch !== false,
    figureSpeed: figureSpeeds.find((speed) => speed === object.figureSpeed) ?? 1,
  }
}

function readDraft(value: unknown, where: string): Draft {
  const object = readObject(value, where)
  const source = readText(object.source, `${where}.source`, sourceLengthMax)
  return {
    source,
    contentHash: readText(object.contentHash, `${where}.contentHash`, 128),
    savedAt: readCount(object.savedAt, `${where}.savedAt`),
    revision: readCount(object.revision, `${where}.revision`),
    writer: readText(object.writer, `${where}.writer`, 128),
    ...(object.ranAway === true ? { ranAway: true } : {}),
  }
}

function readVerdict(value: unknown, where: string): DatedVerdict {
  const object = readObject(value, where)
  return {
    status: readOneOf(object.status, statuses, `${where}.status`),
    digest: readText(object.digest, `${where}.digest`, 128),
    contentHash: readText(object.contentHash, `${where}.contentHash`, 128),
    at: readCount(object.at, `${where}.at`),
  }
}

function readAnswer(value: unknown, where: string): QuizAnswer {
  const object = readObject(value, where)
  return {
    choice: readText(object.choice, `${where}.choice`, 128),
    correct: readBoolean(object.correct, `${where}.correct`),
    at: readCount(object.at, `${where}.at`),
    firstTryCorrect: readBoolean(object.firstTryCorrect, `${where}.firstTryCorrect`),
    ...(object.rightSince === undefined ? {} : { rightSince: readCount(object.rightSince, `${where}.rightSince`) }),
  }
}

function readText(value: unknown, where: string, lengthMax: number): string {
  if (typeof value !== 'string') throw new RecordError(where, 'a text', value)
  if (value.length > lengthMax) {
    throw new RecordError(where, `at most ${lengthMax} characters long`, `${value.length} characters`)
  }
  return value
}

function readCount(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new RecordError(where, 'a whole number, 0 or more', value)
  }
  return value
}

function readBoolean(value: unknown, where: string): boolean {
  if (typeof value !== 'boolean') throw new RecordError(where, 'true or false', value)
  return value
}

function readOneOf<Choice extends string>(value: unknown, choices: readonly Choice[], where: string): Choice {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new RecordError(where, `one of ${choices.join(', ')}`, value)
  return found
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
