/**
 * The simulation behind a figure: plays a story, and answers where everything is at any tick of it, what an object looked
 * like, why an event happened, and how it would have gone with a change. The worker wraps this; tests use it as it is.
 */
import { KUBECTL } from '#cluster/cluster.ts'
import { History } from '#cluster/kernel/history.ts'
import type { World } from '#cluster/kernel/world.ts'
import { ETCDCTL } from '#cluster/scenarios/etcd-world.ts'
import { CHECKPOINT_EVENTS, playStory } from '#cluster/scenarios/story.ts'
import { configuredScheduler } from './configured-scheduler.ts'
import { frameOf } from './frame.ts'
import { inspect } from './inspect.ts'
import type {
  Change,
  Edit,
  ForkRequest,
  Frame,
  Inspection,
  RequestName,
  Requests,
  SceneView,
  StoryRequest,
  Timeline,
} from './protocol.ts'
import { Recorder } from './recorder.ts'
import { type Run, readable, timelineOf, whyOf, worldAt } from './run.ts'

/** Branches kept at once; the oldest change is forgotten first. */
const BRANCHES_MAX = 8
/** kubectl's calls in changes are numbered from here, apart from the story's own. */
const FIRST_CALL = 100_000
/** A branch runs no further than this, whatever it does. */
const BRANCH_EVENTS_MAX = 2_000_000

/** All but what needs the grader. */
type Answerable = Exclude<RequestName, 'replay'>

export interface Simulation {
  answer<N extends Answerable>(name: N, body: Requests[N][0]): Requests[N][1]
  /** Takes in a run that was made elsewhere as branch 0. */
  adopt(history: History, recorder: Recorder, seed: number): Timeline
}

/** @param textOf the text of a story */
export function createSimulation(textOf: (story: StoryRequest['story']) => string): Simulation {
  const runs = new Map<number, Run>()
  let nextBranch = 0
  let calls = FIRST_CALL

  const runOf = (branch: number): Run => {
    const run = runs.get(branch)
    if (!run) throw new Error(`there is no branch ${branch} any more; load the story again`)
    return run
  }

  function load(request: StoryRequest): Timeline {
    let recorder: Recorder | undefined
    const text = edited(textOf(request.story), request.edits ?? [])
    const components = configuredScheduler(request)
    const { history, scenes } = playStory(text, `${request.story}.txt`, {
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(components && { cluster: { components } }),
      prepare: (world) => (recorder = new Recorder(world)),
    })
    const views = scenes.map(({ block, output, from, to }): SceneView => ({
      prose: block.prose,
      command: [block.command, ...block.args].join(' '),
      output,
      fromTick: from.tick,
      toTick: to.tick,
      at: from.at,
    }))
    return begin({ seed: history.head.options.seed, history, recorder: recorder!, scenes: views })
  }

  function begin(first: Pick<Run, 'seed' | 'history' | 'recorder' | 'scenes'>): Timeline {
    runs.clear()
    nextBranch = 1
    const run: Run = { ...first, branch: 0, parent: undefined }
    runs.set(0, run)
    return timelineOf(run)
  }

  function fork({ branch, tick, changes, extraMicros = 0 }: ForkRequest): Timeline {
    const parent = runOf(branch)
    const world = worldAt(parent, tick)
    const at = world.now
    const recorder = new Recorder(world, parent.recorder)
    for (const change of changes) apply(world, change, () => ++calls)
    const history = new History(world, CHECKPOINT_EVENTS)
    const untilMicros = Math.max(parent.history.head.now, at) + extraMicros
    history.run({ untilMicros, maxEvents: BRANCH_EVENTS_MAX })
    const { seed, scenes } = parent
    const run: Run = { branch: nextBranch++, seed, scenes, history, recorder, parent: { run: parent, tick, at } }
    runs.set(run.branch, run)
    const oldest = [...runs.keys()].find((key) => key !== 0)
    if (runs.size > BRANCHES_MAX && oldest !== undefined) runs.delete(oldest)
    return timelineOf(run)
  }

  function seek({ branch, tick }: Requests['seek'][0]): Frame {
    const run = runOf(branch)
    const world = worldAt(run, tick)
    return frameOf(world, branch, tick, readable(run, world, tick))
  }

  function look({ branch, tick, sinceTick, ...key }: Requests['inspect'][0]): Inspection | undefined {
    const run = runOf(branch)
    const stored = (at: number): World => {
      const world = worldAt(run, at)
      return readable(run, world, at) ?? world
    }
    return inspect(stored(tick), key, sinceTick === undefined ? undefined : stored(sinceTick))
  }

  const answers: { [N in Answerable]: (body: Requests[N][0]) => Requests[N][1] } = {
    load,
    fork,
    seek,
    inspect: look,
    why: ({ branch, tick }) => whyOf(runOf(branch), tick),
  }
  return {
    answer: (name, body) => answers[name](body),
    adopt: (history, recorder, seed) => begin({ seed, history, recorder, scenes: [] }),
  }
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { find, replace }) => {
    if (!now.includes(find)) throw new Error(`the story does not contain "${find}"; edit words that are in it`)
    return now.split(find).join(replace)
  }, text)
}

function apply(world: World, change: Change, nextCall: () => number): void {
  if ('command' in change) return world.command(world.now, change.command)
  if ('etcdctl' in change) {
    const typed = { type: 'etcdctl', id: nextCall(), args: change.etcdctl }
    return world.command(world.now, { type: 'tell', process: ETCDCTL, body: typed })
  }
  const { kubectl: args, input } = change
  const body = { type: 'kubectl', id: nextCall(), args, ...(input !== undefined && { stdin: input }) }
  world.command(world.now, { type: 'tell', process: KUBECTL, body })
}
