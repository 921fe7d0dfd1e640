/** The finding of a replay that came from elsewhere, with only what has the shape that the view counts on. */
import type { ReplayFile } from '#grader/verdict/replay-file.ts'
import type {
  CheckResult,
  Difference,
  Divergence,
  DivergingEvent,
  Story,
  StoryEntry,
  Told,
} from '#grader/verdict/verdict.ts'

type Loose = Record<string, unknown>

const LIST_MAX = 200
const TEXT_MAX = 4_000

const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isRecord).slice(0, LIST_MAX) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : '')
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const time = (name: string, value: unknown): object => (isTime(value) ? { [name]: value } : {})
const words = (name: string, value: unknown): object => (typeof value === 'string' ? { [name]: text(value) } : {})

export function soundResult({ finding, replay }: ReplayFile): CheckResult {
  const { name, object, at, difference, faults, divergence, story, message, expected, actual } = finding as Loose
  const status = finding.status === 'error' ? 'error' : 'fail'
  return {
    ...{ name: text(name), kind: 'property', status, weight: 1, fuel: 0 },
    ...words('message', message),
    ...words('expected', expected),
    ...words('actual', actual),
    ...(isRecord(object) && { object: objectOf(object) }),
    ...(isRecord(at) &&
      isTime(at['tick']) &&
      isTime(at['atMicros']) && { at: { tick: at['tick'], atMicros: at['atMicros'] } }),
    ...(Array.isArray(difference) && { difference: list(difference).map(differenceOf) }),
    ...(Array.isArray(faults) && { faults: list(faults).map(toldOf) }),
    ...(isRecord(divergence) && { divergence: divergenceOf(divergence) }),
    ...(isRecord(story) && { story: storyOf(story) }),
    replay,
  }
}

const objectOf = ({ kind, namespace, name }: Loose) => ({
  ...{ kind: text(kind), name: text(name) },
  ...(typeof namespace === 'string' && { namespace: text(namespace) }),
})

const differenceOf = ({ path, expected, actual }: Loose): Difference => ({ path: text(path), expected, actual })

const toldOf = ({ kind, text: what, atMicros }: Loose): Told => ({
  ...{ kind: kind === 'fault' ? 'fault' : 'step', text: text(what) },
  ...time('atMicros', atMicros),
})

const KINDS = ['order', 'extra', 'missing', 'none', 'calm-fails'] as const

const divergenceOf = ({ kind, message, events }: Loose): Divergence => ({
  kind: KINDS.find((known) => known === kind) ?? 'none',
  message: text(message),
  said: { key: '' },
  events: list(events).map(({ lane, label, atMicros, calmAtMicros }): DivergingEvent => ({
    ...{ lane: text(lane), label: text(label) },
    ...time('atMicros', atMicros),
    ...time('calmAtMicros', calmAtMicros),
  })),
})

const TONES = ['plain', 'pod', 'good', 'bad'] as const

const storyOf = ({ lanes }: Loose): Story => ({
  lanes: list(lanes).map(({ name, entries }) => ({
    name: text(name),
    entries: list(entries).map(({ atMicros, label, tone, mark }): StoryEntry => ({
      ...{ atMicros: isTime(atMicros) ? atMicros : 0, label: text(label) },
      tone: TONES.find((known) => known === tone) ?? 'plain',
      ...(mark === 1 && { mark }),
      ...(mark === 2 && { mark }),
    })),
  })),
})
