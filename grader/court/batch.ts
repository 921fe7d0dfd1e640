/**
 * Grades the submissions of a folder: through the court, in the order of their names, with one verdict each, whatever finishes
 * first and however often the batch is begun again.
 */
import type { Court } from './court.ts'
import type { Entry, Ledger } from './ledger.ts'
import type { Brief } from './messages.ts'
import { internalVerdict } from '../verdict/internal.ts'
import type { Read, Submission } from './submissions.ts'
import { readSubmission } from './submissions.ts'

export interface BatchOptions {
  readonly folder: string
  readonly submissions: readonly Submission[]
  readonly brief: Brief
  readonly court: Pick<Court, 'judge'>
  readonly ledger: Ledger
  /** How many are graded at a time. */
  readonly workers: number
  /** What there is to do with a graded one before it is written down. */
  readonly beforeWriting?: (entry: Entry, source: string) => void
  readonly onDone?: (done: number) => void
  readonly signal?: AbortSignal
}

/** Verdicts that wait for an earlier one. With more, nothing new is begun: memory has a limit, however slow that one is. */
const HELD_MAX = 256

interface Finished {
  readonly entry: Entry
  readonly source: string
}

/** Returns whether it came to its end. After an interruption everything that was graded is in the ledger. */
export async function gradeBatch(options: BatchOptions): Promise<boolean> {
  const { submissions, ledger, signal } = options
  const there = ledger.files
  const rest = submissions.filter(({ name }) => !there.has(name))
  const held = new Map<number, Finished>()
  let [begun, written] = [0, 0]
  const write = ({ entry, source }: Finished): void => {
    options.beforeWriting?.(entry, source)
    ledger.add(entry)
  }
  const writeInOrder = (): void => {
    for (let next = held.get(written); next !== undefined; next = held.get(written)) {
      held.delete(written)
      written += 1
      write(next)
    }
    wake()
  }
  // Whoever runs ahead of the slowest waits here.
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const go of waiting.splice(0)) go()
  }
  const serve = async (): Promise<void> => {
    while (begun < rest.length && !signal?.aborted) {
      if (begun - written >= HELD_MAX) {
        await new Promise<void>((resolve) => waiting.push(resolve))
        continue
      }
      const index = begun++
      const finished = await gradeOne(rest[index]!, options)
      held.set(index, finished)
      writeInOrder()
      options.onDone?.(there.size + written + held.size)
    }
  }
  signal?.addEventListener('abort', wake)
  try {
    await Promise.all(Array.from({ length: options.workers + 1 }, serve))
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    signal?.removeEventListener('abort', wake)
    for (const finished of held.values()) write(finished)
    ledger.sync()
  }
  return !signal?.aborted
}

async function gradeOne(submission: Submission, options: BatchOptions): Promise<Finished> {
  const { brief, court, folder } = options
  const read = readSubmission(submission, folder)
  const { source, refusal, unreadable, digest } = read
  const { settings } = brief
  const common = { file: submission.name, source: digest, settings }
  if (unreadable !== undefined) return { source, entry: { ...common, ...unreadableEntry(read, brief) } }
  const { verdict, losses } = await court.judge({ source, ...(refusal !== undefined && { refusal }) })
  return { source, entry: { ...common, ...(losses.length > 0 && { losses }), verdict } }
}

function unreadableEntry({ unreadable }: Read, { facts, settings }: Brief): Pick<Entry, 'losses' | 'verdict'> {
  const broken = { exercise: facts.id, exerciseVersion: facts.version, mode: settings.mode }
  return { losses: [unreadable!], verdict: internalVerdict(broken, unreadable) }
}

/** Why a line of an earlier run does not stand any more; undefined when it does. */
export function stalenessIn(options: Pick<BatchOptions, 'folder' | 'submissions' | 'brief'> & { engine: string }) {
  const byName = new Map(options.submissions.map((submission) => [submission.name, submission]))
  const { facts } = options.brief
  const wanted = JSON.stringify(options.brief.settings)
  return ({ file, source, settings, verdict }: Entry): string | undefined => {
    const submission = byName.get(file)
    if (submission === undefined) return 'the file is gone'
    if (verdict.exercise !== facts.id) return 'it was another exercise'
    if (verdict.exerciseVersion !== facts.version) return 'the exercise has changed'
    if (verdict.engine !== options.engine) return 'the engine is another'
    if (JSON.stringify(settings) !== wanted) return 'the seeds, the mode or the like are others'
    if (readSubmission(submission, options.folder).digest !== source) return 'the file has changed'
    return undefined
  }
}
