/**
 * F16, the revision tape. It cures: "an update overwrites", "a delete frees the disk".
 *
 * Keys are written, written again, deleted, read as they were, compacted; and the file is looked at all the while.
 */
import type { Described } from '#cluster/scenarios/described.ts'
import type { Change, Timeline } from '../simulation/protocol.ts'
import type { FigureDefinition, Outcome } from './kit/figure-definition.ts'
import { type TypedCommand, typedIn } from './kit/raft-plot.ts'
import { drawTape, isReadStep, type Reading } from './kit/tape.ts'
import type { View } from './kit/view.ts'
import { say } from './kit/words.ts'

const isShown = ({ kind, to }: Described): boolean =>
  kind === 'command' || ((kind === 'response' || kind === 'lost') && to.startsWith('laptop/'))

function sentence(event: Described, timeline: Timeline): string {
  if (event.kind === 'command') return say(`Somebody types: ${event.label}`, `Alguien escribe: ${event.label}`)
  const command = typedIn(timeline).find(({ answer }) => answer === event)
  return command ? answered(command, event, timeline) : event.label
}

const revisionIn = (label: string): number => Number(/^revision (\d+)/.exec(label)?.[1] ?? 0)
const askedIn = ({ events }: Timeline, { tick }: TypedCommand): number =>
  Number(/--rev=(\d+)/.exec(events.find((event) => event.tick === tick)?.label ?? '')?.[1] ?? 0)

/** A deletion that finds nothing makes no revision. */
const foundNothing = (timeline: Timeline, { tick }: TypedCommand, label: string): boolean =>
  typedIn(timeline).some((one) => one.tick < tick && revisionIn(one.answer?.label ?? '') >= revisionIn(label))

const numberIn = (label: string): string => /\d+/.exec(label)?.[0] ?? ''

function answered(command: TypedCommand, { label, failed }: Described, timeline: Timeline): string {
  const { op, key } = command
  if (failed) return say(`etcd refuses: ${label}`, `etcd se niega: ${label}`)
  const revision = numberIn(label)
  switch (op) {
    case 'put':
      return say(`Written at the end of the tape, as revision ${revision}`, `Escrito al final de la cinta, como revisión ${revision}`) // prettier-ignore
    case 'del':
      if (foundNothing(timeline, command, label)) return say(`There was no ${key} to delete: no revision is made`, `No había ${key} que borrar: no se crea ninguna revisión`) // prettier-ignore
      return say(`Deleted: a tombstone is written, revision ${revision}. Nothing was erased`, `Borrado: se escribe una lápida, la revisión ${revision}. Nada se ha eliminado`) // prettier-ignore
    case 'get': {
      const [, value] = label.split(' · ')
      const asked = askedIn(timeline, command)
      if (!value && asked > 0) return say(`At revision ${asked} there was no ${key}`, `En la revisión ${asked} no había ${key}`) // prettier-ignore
      return value
        ? say(`${key} was ${value} then`, `${key} era ${value} entonces`)
        : say(`There is no ${key} now: its newest revision is a tombstone`, `Ahora no hay ${key}: su última revisión es una lápida`) // prettier-ignore
    }
    case 'compaction':
      return say(`Compacted at ${key}: what was out of date by then is forgotten, and older revisions cannot be read`, `Compactado en la ${key}: se olvida lo que ya no estaba vigente, y no se pueden leer revisiones anteriores`) // prettier-ignore
    case 'defrag':
      return say('The file has been written anew, without the free pages', 'El archivo se ha escrito de nuevo, sin las páginas libres') // prettier-ignore
    default:
      return statusSentence(label)
  }
}

interface Sizes {
  readonly file: number
  readonly inUse: number
}

function sizesIn(label: string): Sizes | undefined {
  const [, file, inUse] = /^file (\d+) · in use (\d+)$/.exec(label) ?? []
  return file === undefined ? undefined : { file: Number(file), inUse: Number(inUse) }
}

function statusSentence(label: string): string {
  const sizes = sizesIn(label)
  if (!sizes) return label
  const [file, inUse] = [sizes.file, sizes.inUse].map((bytes) => `${Math.round(bytes / 1000)} kB`)
  return say(`The file has ${file}; ${inUse} of it are in use`, `El archivo tiene ${file}; ${inUse} están en uso`)
}

// ── what came of it ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What `endpoint status` said, each with what had been typed since the one before. */
export function sizesOf(
  timeline: Timeline,
): { readonly after: readonly string[]; readonly sizes: Sizes; readonly tick: number }[] {
  const found: { after: string[]; sizes: Sizes; tick: number }[] = []
  let after: string[] = []
  for (const { op, answer } of typedIn(timeline)) {
    const sizes = answer && sizesIn(answer.label)
    if (!sizes) after.push(op)
    else {
      found.push({ after, sizes, tick: answer.tick })
      after = []
    }
  }
  return found
}

function outcome(timeline: Timeline): Outcome | undefined {
  const looks = sizesOf(timeline)
  const shrinks = looks.findIndex(({ sizes }, i) => i > 0 && sizes.file < looks[i - 1]!.sizes.file)
  const compacted = looks.find(({ after }) => after.includes('compaction'))
  const shrunk = looks[shrinks]
  if (!shrunk || !compacted) return undefined
  const value = shrunk.after.includes('defrag') ? 'defrag' : shrunk.after.includes('compaction') ? 'compaction' : 'delete' // prettier-ignore
  const free = Math.round((compacted.sizes.file - compacted.sizes.inUse) / 1000)
  return {
    value,
    sentence: say(
      `the delete wrote a tombstone, and compaction freed ${free} kB within the file, which the next write used. Only defragmentation made it smaller.`,
      `el borrado escribió una lápida y la compactación liberó ${free} kB dentro del archivo, que usó la siguiente escritura. Solo la desfragmentación lo hizo más pequeño.`,
    ),
    tick: shrunk.tick,
  }
}

// ── the picture ─────────────────────────────────────────────────────────────────────────────────────────────────────

function readingOf(view: View): Reading | undefined {
  if (!isReadStep(view)) return undefined
  const { tick } = view.frame
  const command = typedIn(view.timeline).findLast((one) => one.tick <= tick)
  if (command?.op !== 'get') return undefined
  const revision = askedIn(view.timeline, command)
  const isAnswered = command.answer !== undefined && command.answer.tick <= tick
  return { key: command.key, revision, isAnswered, failed: isAnswered && !command.ok }
}

const type = (value: string, english: string, spanish: string, words: (view: View) => readonly string[]) => ({
  value,
  label: say(english, spanish),
  effect: {
    kind: 'fork' as const,
    changes: (view: View): readonly Change[] => [{ etcdctl: words(view) }],
    extraMicros: 200_000,
  },
})

const LONG = `${'pink\n'.repeat(3277)}`.slice(0, 16_384)
const revisionNow = ({ frame }: View): number => frame.keyspace?.revision ?? 0

export const figure: FigureDefinition = {
  id: 'F16',
  story: { story: 'revision-tape' },
  inspects: 'keys',
  opening: ({ events }) => events.find(({ kind }) => kind === 'command')?.tick ?? 0,
  lens: {
    shows: isShown,
    sentence,
    isMajor: ({ kind, label }) => kind === 'command' && /^etcdctl (del|compaction|defrag)/.test(label),
  },
  prediction: {
    question: say(
      'The value of a is 16 KiB long. It will be overwritten, deleted and compacted, and the store defragmented. When does the file on the disk become smaller?',
      'El valor de a ocupa 16 KiB. Se sobrescribirá, borrará y compactará, y el almacén se desfragmentará. ¿Cuándo se hace más pequeño el archivo del disco?',
    ),
    choices: [
      { value: 'overwrite', label: say('when it is overwritten', 'al sobrescribirlo') },
      { value: 'delete', label: say('when it is deleted', 'al borrarlo') },
      { value: 'compaction', label: say('when it is compacted', 'al compactarlo') },
      { value: 'defrag', label: say('when it is defragmented', 'al desfragmentarlo') },
    ],
    outcome,
  },
  tweaks: [
    {
      id: 'type',
      label: say('type now', 'escribe ahora'),
      choices: [
        type('put-a', 'put a', 'put a', () => ['put', 'a', LONG]),
        type('put-b', 'put b', 'put b', () => ['put', 'b', LONG]),
        type('del-a', 'del a', 'del a', () => ['del', 'a']),
        type('del-b', 'del b', 'del b', () => ['del', 'b']),
        type('compaction', 'compaction, at the newest revision', 'compaction, en la última revisión', (view) => ['compaction', String(revisionNow(view))]), // prettier-ignore
        type('defrag', 'defrag', 'defrag', () => ['defrag']),
      ],
    },
    {
      id: 'read',
      label: say('get a at revision', 'get a en la revisión'),
      choices: [2, 3, 4, 5, 6].map((revision) =>
        type(String(revision), String(revision), String(revision), () => ['get', 'a', `--rev=${revision}`]),
      ),
    },
  ],
  draw: (view) => drawTape(view, readingOf(view)),
}
