/**
 * What somebody did in the playground, as plain data: how the cluster was set up, every line that was typed and every fault,
 * with its virtual time. The same story is the same run, event for event, so a story is all that a link or a file holds.
 *
 * A story that comes from elsewhere is read with care: what is not exactly a story is refused, with what to do about it.
 */
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros } from '#cluster/kernel/component.ts'

export interface Setup {
  /** Workers, 1 to 12. */
  readonly nodes: number
  /** Machines of the control plane; several stand behind a load balancer. */
  readonly controlPlanes: 1 | 3 | 5
  /** Where etcd's members are; with one control plane, `external` is one machine of its own. */
  readonly etcd: 'stacked' | 'external'
  readonly seed: number
}

/** Something done from outside, and when. */
export type Act =
  | { readonly at: Micros; readonly line: string; readonly files?: Readonly<Record<string, string>> }
  | { readonly at: Micros; readonly fault: Fault }

/** The commands of the kernel that somebody may give by hand. */
export type Fault = Extract<
  Command,
  { type: 'crash' | 'start' | 'pause' | 'resume' | 'powerOff' | 'powerOn' | 'partition' | 'heal' | 'slowDisk' }
>

export interface Story {
  readonly setup: Setup
  readonly acts: readonly Act[]
  /** Virtual time up to which it was played. */
  readonly until: Micros
}

/** Long enough for nodes to be Ready and for CoreDNS to answer. */
export const FIRST_LOOK_MICROS = 30_000_000
export const NODES_MAX = 12
const ACTS_MAX = 2_000
/** A month. */
const UNTIL_MAX = 30 * 86_400_000_000

export const DEFAULT_SETUP: Setup = { nodes: 3, controlPlanes: 1, etcd: 'stacked', seed: 1 }

export const freshStory = (setup: Setup): Story => ({ setup, acts: [], until: FIRST_LOOK_MICROS })

/** A story that cannot be read; the message says what is wrong with it. */
export class BadStory extends Error {}

const VERSION = 1

export const writeStory = (story: Story): string => JSON.stringify({ clusterwright: 'playground', version: VERSION, ...story }) // prettier-ignore

/** Throws `BadStory` for anything that `writeStory` would not have written. */
export function readStory(text: string): Story {
  let value: any
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadStory('it is no JSON: open a file that the playground saved')
  }
  if (value?.clusterwright !== 'playground')
    throw new BadStory('it is no story of the playground: open a file that the playground saved')
  if (value.version !== VERSION)
    throw new BadStory(
      `it is of version ${String(value.version)}, and this page reads version ${VERSION}: reload the page`,
    )
  const { setup, acts, until } = value
  if (!Array.isArray(acts) || acts.length > ACTS_MAX)
    throw new BadStory(`it must have a list of at most ${ACTS_MAX} acts`)
  const read = acts.map(readAct)
  const latest = read.at(-1)?.at ?? 0
  if (!isTime(until) || until < latest) throw new BadStory('it ends before its last act')
  if (read.some(({ at }, i) => i > 0 && at < read[i - 1]!.at)) throw new BadStory('its acts are not in order of time')
  return { setup: readSetup(setup), acts: read, until }
}

const isTime = (value: unknown): value is Micros => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= UNTIL_MAX // prettier-ignore

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 200_000

function readSetup(value: any): Setup {
  const { nodes, controlPlanes, etcd, seed } = value ?? {}
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX)
    throw new BadStory(`it has ${String(nodes)} nodes, and there can be 1 to ${NODES_MAX}`)
  if (![1, 3, 5].includes(controlPlanes))
    throw new BadStory(`it has ${String(controlPlanes)} control planes, and there can be 1, 3 or 5`)
  if (etcd !== 'stacked' && etcd !== 'external') throw new BadStory('its etcd is neither stacked nor external')
  if (!Number.isSafeInteger(seed) || seed < 0) throw new BadStory('its seed is no whole number from 0 on')
  return { nodes, controlPlanes, etcd, seed }
}

const FAULT_FIELDS: Readonly<Record<Fault['type'], readonly string[]>> = {
  crash: ['process'],
  start: ['process'],
  pause: ['process'],
  resume: ['process'],
  powerOff: ['machine'],
  powerOn: ['machine'],
  partition: ['groups'],
  heal: [],
  slowDisk: ['machine', 'fsyncMicros'],
}

const isGroups = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((group) => Array.isArray(group) && group.every(isText))

const IS_FIELD: Readonly<Record<string, (value: unknown) => boolean>> = {
  process: isText,
  machine: isText,
  fsyncMicros: isTime,
  groups: isGroups,
}

function readAct(value: any, i: number): Act {
  const wrong = (what: string) => new BadStory(`act ${i + 1} ${what}`)
  if (!isTime(value?.at)) throw wrong('has no virtual time')
  const { at } = value
  if ('fault' in value) {
    const { fault } = value
    const fields = Object.hasOwn(FAULT_FIELDS, fault?.type) ? FAULT_FIELDS[fault.type as Fault['type']] : undefined
    if (!fields) throw wrong(`is a fault of an unknown kind: ${String(fault?.type)}`)
    const entries = fields.map((field) => [field, fault[field]] as const)
    if (entries.some(([field, of]) => !IS_FIELD[field]!(of)))
      throw wrong(`is a ${fault.type} that does not say ${fields.join(', ')}`)
    return { at, fault: { type: fault.type, ...Object.fromEntries(entries) } as Fault }
  }
  if (!isText(value.line)) throw wrong('is neither a line nor a fault')
  if (value.files === undefined) return { at, line: value.line }
  const files = Object.entries(value.files ?? {})
  if (files.some(([, content]) => !isText(content))) throw wrong('has a file that is no text')
  return { at, line: value.line, files: Object.fromEntries(files) as Record<string, string> }
}
