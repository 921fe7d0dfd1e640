/**
 * A replay file: one failing run, with all that is needed to see it again elsewhere. It holds the submission itself, so that
 * who gets the file needs nothing else, and names what graded: another engine, or another version of the exercise, may show
 * something else, and is refused unless one insists.
 */
import { engineId } from './engine-id.ts'
import { sha256 } from './sha256.ts'
import type { CheckResult, Replay, Verdict } from './verdict.ts'

export const REPLAY_FILE = 'clusterwright-replay'

/** What of a check's result travels along. */
type ReplayFinding = Omit<CheckResult, 'fuel' | 'replay'>

export interface ReplayFile {
  readonly kind: typeof REPLAY_FILE
  readonly schema: 1
  readonly engine: string
  readonly exercise: string
  readonly exerciseVersion: string
  readonly replay: Replay
  readonly submission: {
    readonly file: string
    readonly source: string
    /** Of what the compiler made of it. */
    readonly compiledSha256: string
  }
  readonly finding: ReplayFinding
}

/** Larger files are no replays: a submission is a file that people write. */
export const REPLAY_CHARACTERS_MAX = 1_000_000

/** A file, or a link, that is no replay; the message says what is wrong with it. */
export class BadReplay extends Error {}

export interface Submitted {
  readonly file: string
  readonly source: string
  /** What the compiler made of it. */
  readonly code: string
}

/** Undefined for a check that has nothing to be seen again. */
export function replayFileOf(
  { exercise, exerciseVersion, engine }: Pick<Verdict, 'exercise' | 'exerciseVersion' | 'engine'>,
  result: CheckResult,
  { file, source, code }: Submitted,
): ReplayFile | undefined {
  const { replay, fuel: _fuel, ...finding } = result
  if (!replay) return undefined
  const submission = { file, source, compiledSha256: sha256(code) }
  return { kind: REPLAY_FILE, schema: 1, engine, exercise, exerciseVersion, replay, submission, finding }
}

/** `replicaset-never-more-pods-than-wanted.replay.json`. */
export const replayFileName = (exercise: string, check: string): string =>
  `${exercise}-${check
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
    .replace(/-$/, '')}.replay.json`

/** Throws `BadReplay` when the text is no replay file. */
export function readReplayFile(text: string): ReplayFile {
  if (text.length > REPLAY_CHARACTERS_MAX)
    throw new BadReplay(`it is longer than ${REPLAY_CHARACTERS_MAX} characters: replay files are not`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadReplay(`it is not JSON (${(error as Error).message}): it may have been cut off or changed`)
  }
  return checked(value)
}

type Loose = Record<string, any>

function checked(value: unknown): ReplayFile {
  const file = value as Loose | null
  if (typeof file !== 'object' || file === null || file['kind'] !== REPLAY_FILE)
    throw new BadReplay(`it is no replay file: it lacks "kind": "${REPLAY_FILE}"`)
  if (file['schema'] !== 1)
    throw new BadReplay(
      `it has schema ${JSON.stringify(file['schema'])}, and this program reads schema 1: use a newer one`,
    )
  const isText = (at: unknown): boolean => typeof at === 'string' && at !== ''
  const isCount = (at: unknown): boolean => Number.isSafeInteger(at) && (at as number) >= 0
  const { replay, submission, finding } = file as { replay?: Loose; submission?: Loose; finding?: Loose }
  const wanted: [string, boolean][] = [
    ...(['engine', 'exercise', 'exerciseVersion'] as const).map((name): [string, boolean] => [
      name,
      isText(file[name]),
    ]),
    ['replay.check', isText(replay?.['check'])],
    ...(['seed', 'tick', 'atMicros'] as const).map((name): [string, boolean] => [
      `replay.${name}`,
      isCount(replay?.[name]),
    ]),
    ['replay.plan', replay !== undefined && 'plan' in replay],
    ['submission.file', isText(submission?.['file'])],
    ['submission.source', typeof submission?.['source'] === 'string'],
    ['submission.compiledSha256', /^[0-9a-f]{64}$/.test(String(submission?.['compiledSha256']))],
    ['finding.name', isText(finding?.['name'])],
    ['finding.status', finding?.['status'] === 'fail' || finding?.['status'] === 'error'],
  ]
  const bad = wanted.find(([, isGood]) => !isGood)
  if (bad) throw new BadReplay(`its field ${bad[0]} is missing or not what it should be: the file has been changed`)
  return file as ReplayFile
}

/** Why this program may show something else than the file says; undefined where all is equal. */
export function mismatch(
  file: ReplayFile,
  { version, code }: { readonly version: string; readonly code: string },
): string | undefined {
  if (file.engine !== engineId)
    return `it was made by ${file.engine}, and this is ${engineId}: the run may be another one`
  if (file.exerciseVersion !== version)
    return `it was made with version ${file.exerciseVersion} of ${file.exercise}, and this is ${version}: the checks have changed`
  if (file.submission.compiledSha256 !== sha256(code))
    return 'its submission does not compile to what was graded: the source has been changed, or the compiler is another'
  return undefined
}
