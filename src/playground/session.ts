/**
 * The world of the playground: a run without an end, to which somebody does things as it goes. The worker wraps this; tests
 * use it as it is.
 *
 * What is done waits for the virtual time it belongs to, so that a story that is opened and one that is being made are the
 * same thing.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import type { Described, Descriptions } from '#cluster/api/schema/schema.ts'
import { describedBy, readSchemas } from '#cluster/api/schema/schema.ts'
import { KUBECTL, bootCluster } from '#cluster/cluster.ts'
import { History } from '#cluster/kernel/history.ts'
import type { World } from '#cluster/kernel/world.ts'
import { DEFINITIONS, type Definition, rowsOf } from '#cluster/kube-apiserver/extensions/definition.ts'
import { kubeApiserverWith } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { kubectlFlags, type KubectlState, type TranscriptEntry } from '#cluster/kubectl/kubectl.ts'
import { objectsOf, storeRevision } from '#cluster/scenarios/look.ts'
import { rememberingScheduler } from '../explain/explain.ts'
import { explainIn } from '../explain/explainer.ts'
import { frameOf } from '../simulation/frame.ts'
import { inspect } from '../simulation/inspect.ts'
import { Recorder } from '../simulation/recorder.ts'
import { type Run, readable, whyOf } from '../simulation/run.ts'
import { complete } from './completion.ts'
import type { ObjectHistory, PlaygroundRequests, Progress } from './protocol.ts'
import type { Act, Fault, Setup, Story } from './story.ts'

/** A seek runs at most so many events again: some 20 ms. Closer together, checkpoints would fill the page's memory. */
const CHECKPOINT_EVERY = 2_000
/** A day of a small cluster, and some 300 MB. */
const EVENTS_MAX = 1_000_000

export interface Session {
  /** From now on `kubectl explain` says what fields are for; what it was told before stays as it was. */
  learn(described: Described): void
  answer<N extends keyof PlaygroundRequests>(name: N, body: PlaygroundRequests[N][0]): PlaygroundRequests[N][1]
}

interface Opened extends Run {
  /** Done so far, in order. */
  readonly acts: Act[]
  /** To be done when their time comes. */
  readonly waiting: Act[]
  /** Events that have been told. */
  told: number
  /** What kubectl last printed that has been told, by call. */
  readonly printed: Map<number, TranscriptEntry>
}

export function createSession(): Session {
  let opened: Opened | undefined
  let words: Descriptions | undefined

  const run = (): Opened => {
    if (!opened) throw new Error('no world is open yet')
    return opened
  }

  function open({ setup, acts }: Story): undefined {
    const schemas = readSchemas(builtInSchemas.data, { describe: (type, field) => words?.describe(type, field) })
    const world = bootCluster(optionsOf(setup, kubeApiserverWith(schemas)))
    const recorder = new Recorder(world)
    opened = {
      branch: 0,
      seed: setup.seed,
      history: new History(world, CHECKPOINT_EVERY),
      recorder,
      scenes: [],
      parent: undefined,
      acts: [],
      waiting: [...acts],
      told: 0,
      printed: new Map(),
    }
  }

  const answers: { [N in keyof PlaygroundRequests]: (body: PlaygroundRequests[N][0]) => PlaygroundRequests[N][1] } = {
    open,
    run: ({ untilMicros, maxEvents }) => advance(run(), untilMicros, maxEvents),
    type: ({ line, files }) => {
      const { history } = run()
      const needed = Object.entries(files).filter(([name]) => namesFile(line, name))
      const act = { at: history.head.now, line, ...(needed.length > 0 && { files: Object.fromEntries(needed) }) }
      return { id: carryOut(run(), act) }
    },
    interrupt: () => void carryOut(run(), { at: run().history.head.now, line: INTERRUPT }),
    fault: (fault) => void carryOut(run(), { at: run().history.head.now, fault }),
    story: () => ({ acts: run().acts, at: run().history.head.now }),
    seek: ({ tick }) => {
      const world = run().history.at(tick)
      return frameOf(world, 0, tick, readable(run(), world, tick))
    },
    why: ({ tick }) => whyOf(run(), tick),
    history: (body) => historyOf(run(), body),
    explain: ({ tick, ...asked }) => {
      const world = run().history.at(tick)
      return explainIn(readable(run(), world, tick) ?? world, asked)
    },
    complete: ({ line, files }) => {
      const { head } = run().history
      const custom = objectsOf<Definition>(head, DEFINITIONS).flatMap(rowsOf)
      const names = (resource: Resource, namespace: string): string[] =>
        objectsOf(head, resource).flatMap(({ metadata }) =>
          metadata.namespace === undefined || metadata.namespace === namespace ? [metadata.name] : [],
        )
      return complete(line, { commands: kubectlFlags, files, custom, names })
    },
  }
  return { learn: (described) => void (words = describedBy(described)), answer: (name, body) => answers[name](body) }
}

const optionsOf = ({ nodes, controlPlanes, etcd, seed }: Setup, apiserver: ReturnType<typeof kubeApiserverWith>) => ({
  seed,
  nodes,
  controlPlanes,
  topology: etcd,
  etcdMembers: controlPlanes,
  // As kubeadm sets it up, and with the types of the API: what one learns is what one types at work.
  chain: 'full' as const,
  nodePressureEviction: true,
  components: { 'kube-apiserver': apiserver, 'kube-scheduler': rememberingScheduler },
})

/** What Ctrl+C is in a story. */
export const INTERRUPT = '^C'

/** Whether a line names the file: only those go with it. */
const namesFile = (line: string, name: string): boolean => line.split(/[\s=,]+/).some((word) => word === name || word === `-f${name}`) // prettier-ignore

function advance(run: Opened, untilMicros: number, maxEvents: number): Progress {
  const { history, waiting } = run
  const isFull = history.head.tick >= EVENTS_MAX
  const lastTick = isFull ? history.head.tick : history.head.tick + maxEvents
  let isBehind = false
  while (waiting[0] && waiting[0].at <= untilMicros && !isBehind) {
    isBehind = goOn(run, waiting[0].at, lastTick)
    if (!isBehind) carryOut(run, waiting.shift()!)
  }
  isBehind ||= goOn(run, untilMicros, lastTick)
  const { head } = history
  const events = run.recorder.events.slice(run.told)
  run.told += events.length
  const frame = frameOf(head, 0, head.tick, readable(run, head, head.tick))
  return { at: head.now, tick: head.tick, isBehind, isFull, events, typed: printedSince(run), frame }
}

/** Returns whether there is still something to do before that time. */
function goOn({ history }: Opened, untilMicros: number, lastTick: number): boolean {
  const maxEvents = lastTick - history.head.tick
  if (maxEvents <= 0) return true
  return history.run({ untilMicros, maxEvents }) === 'events'
}

/** Does it now. Returns the number of the call, for a line. */
function carryOut(run: Opened, act: Act): number {
  const { history, acts } = run
  const { now } = history.head
  const id = acts.length + 1
  if ('fault' in act) {
    check(history.head, act.fault)
    history.command(now, act.fault)
  } else if (act.line === INTERRUPT)
    history.command(now, { type: 'tell', process: KUBECTL, body: { type: 'interrupt' } })
  else {
    const { line, files } = act
    const body = { type: 'kubectl', id, line, ...(files && { files }) }
    history.command(now, { type: 'tell', process: KUBECTL, body })
  }
  // What the world has refused has not been done.
  acts.push(act)
  return id
}

/** A story from elsewhere may name what is not there: nothing of it is kept. */
function check(world: World, fault: Fault): void {
  const named = 'process' in fault ? fault.process : 'machine' in fault ? fault.machine : undefined
  const isThere = named === undefined || ('process' in fault ? world.process(named) : world.network.machines.get(named))
  if (!isThere) throw new Error(`there is no ${named} in this world`)
}

function printedSince({ history, printed }: Opened): TranscriptEntry[] {
  // Nothing, where the laptop has no power.
  const state = history.head.stateOf<KubectlState | undefined>(KUBECTL)
  const news: TranscriptEntry[] = []
  for (const [id, entry] of state?.transcript ?? []) {
    // Call 0 is the installation's own.
    if (id === 0 || printed.get(id) === entry) continue
    printed.set(id, entry)
    // kubectl goes by the clock on the wall.
    const { epochMicros } = history.head.options
    news.push({ ...entry, startedAt: entry.startedAt - epochMicros })
  }
  return news
}

function historyOf(run: Opened, body: PlaygroundRequests['history'][0]): ObjectHistory | undefined {
  const { tick, revision, ...key } = body
  const world = run.history.at(tick)
  const stored = readable(run, world, tick) ?? world
  const inspection = inspect(stored, key, undefined, revision)
  if (!inspection) return undefined
  return { revisions: inspection.revisions, inspection, written: writtenAt(run, inspection.ref.revision, tick) }
}

/** The first moment at which the store had the revision, up to a tick. */
function writtenAt({ history }: Opened, revision: number, tick: number): ObjectHistory['written'] {
  let [low, high] = [0, Math.min(tick, history.head.tick)]
  while (low < high) {
    const middle = (low + high) >> 1
    if (storeRevision(history.at(middle)) >= revision) high = middle
    else low = middle + 1
  }
  return { tick: low, at: history.at(low).now }
}
