/** Checks of `replicaset`: a learner's controller in a small cluster, first in good weather, then in every kind of bad. */
import {
  controllerGuest,
  cost,
  defineChecks,
  example,
  type FaultPlan,
  faults,
  property,
  READY_MICROS,
  type Refusal,
  type Trial,
} from 'clusterwright/kit'
import type { Pod } from 'clusterwright/api'
import { controllerOf, isActive, isReady, type Judge, seconds } from './judge.ts'
import {
  brokenWatch,
  contested,
  disturb,
  fewer,
  lateCache,
  neighbours,
  orphan,
  scaling,
  shortLife,
  SHRINK,
  step,
  unseen,
  web,
} from './plans.ts'
import { matrix } from './matrix.ts'
import { play } from './run.ts'
import { calm, calmOf, tell, tellTexts } from './tell.ts'
import { turns } from './turns.ts'
import { CANARY, type Plan, replicaSetWorld, START_MICROS } from './world.ts'

const world = replicaSetWorld
/** How a failing case of it is told. */
const told = { calm, tell }
const GOOD_WEATHER = {}

/** In good weather nobody needs longer. Pods that are being deleted stay for 30 s. */
const PROMPT_MICROS = 12_000_000

// ── whom to delete ──────────────────────────────────────────────────────────────────────────────────────────────────

/** The lower, the sooner it goes. */
function usefulness(pod: Pod): { rank: number; words: string } {
  if (!pod.spec.nodeName) return { rank: 0, words: 'not scheduled' }
  if (pod.status?.phase !== 'Running') return { rank: 1, words: `${pod.status?.phase}` }
  return isReady(pod) ? { rank: 3, words: 'ready' } : { rank: 2, words: 'not ready' }
}

const createdAt = (pod: Pod): string => pod.metadata.creationTimestamp ?? ''

/** Whether a Pod is older than another by tens of seconds: then it is by magnitude, too, which is what upstream compares. */
function isMuchOlder(a: Pod, b: Pod): boolean {
  const second = (pod: Pod): number => {
    const [hours = 0, minutes = 0, seconds = 0] = createdAt(pod).slice(11, 19).split(':').map(Number)
    return hours * 3600 + minutes * 60 + seconds
  }
  return second(b) - second(a) >= 20
}

/** Of those that went and those that stayed, none may be in the wrong place. */
function judgeVictims(judge: Judge): void {
  const survivors = [...judge.pods().values()].filter((pod) => controllerOf(pod)?.name === 'web' && isActive(pod))
  for (const { pod, at } of judge.victims) {
    const gone = usefulness(pod)
    for (const other of survivors) {
      const left = usefulness(other)
      const [name, otherName] = [pod.metadata.name, other.metadata.name]
      const expected = 'first those without a node, then those that do not run, then the unready, then the newest'
      if (left.rank < gone.rank) {
        const message = `At ${seconds(at)} Pod ${name} (${gone.words}) was deleted, and ${otherName} (${left.words}) was kept.`
        judge.fail(message, expected, `${name} is gone, ${otherName} is alive`)
      }
      if (left.rank === gone.rank && isMuchOlder(pod, other)) {
        const message = `At ${seconds(at)} Pod ${name}, made at ${createdAt(pod)}, was deleted, and the newer ${otherName}, made at ${createdAt(other)}, was kept. Both were ${gone.words}.`
        judge.fail(message, expected, `${name} is gone, ${otherName} is alive`)
      }
    }
  }
}

// ── one fault at each place ─────────────────────────────────────────────────────────────────────────────────────────

type OneFault = Pick<Plan['faults'], 'crash' | 'lose'>

const withFault = ({ plan, fault }: FaultPlan<Plan, OneFault>): Plan => ({
  ...plan,
  faults: { ...plan.faults, ...fault },
})
const faultyWorld = (both: FaultPlan<Plan, OneFault>, trial: Trial<any>) => replicaSetWorld(withFault(both), trial)

const toldOf = { calm: calmOf<OneFault>, tell: (both: FaultPlan<Plan, OneFault>) => tell(withFault(both)) }

/** Dies when the answer of a call arrives. What is done by then is done; so the next call is never made. */
function crashes(trial: Trial<any>, plan: Plan): OneFault[] {
  play(trial, plan)
  const calls = Math.min(trial.controllers[0]!.calls, CALLS_MAX)
  return Array.from({ length: calls }, (_, index): OneFault => ({ crash: { call: index + 1, when: 'after' } }))
}

/** The answer of each write is lost once. */
function lostAnswers(trial: Trial<any>, plan: Plan): OneFault[] {
  play(trial, plan)
  const counts = new Map<string, number>()
  return trial.controllers[0]!.writes.slice(0, CALLS_MAX).map(({ call: { verb, resource } }): OneFault => {
    const nth = (counts.get(`${verb} ${resource}`) ?? 0) + 1
    counts.set(`${verb} ${resource}`, nth)
    return { lose: [{ verb, resource, nth }] }
  })
}

/** Whoever calls more often than that is tried at the first ones only. */
const CALLS_MAX = 40

// ── how much work ───────────────────────────────────────────────────────────────────────────────────────────────────

const QUOTA_MICROS = 60_000_000
const QUOTA: Refusal = {
  verb: 'create',
  resource: 'pods',
  from: 3,
  count: 1_000_000,
  forMicros: QUOTA_MICROS,
  code: 403,
  reason: 'Forbidden',
  message: 'pods "web-" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=20, limited: pods=20',
}
/** Asking every 5 s asks 10 times in the 50 s that are looked at; with a back-off that doubles it is 3 or 4. */
const ASKED_MAX = 15
const REFUSED_MAX = 300

/** A quota lets no Pod through for a minute, then it does: the longer it lasts, the less often one asks. */
function judgeBackOff(trial: Trial<Plan>): void {
  const { judge } = play(trial, trial.plan!)
  const end = READY_MICROS + QUOTA_MICROS
  const creates = trial.controllers[0]!.writes.filter(({ call }) => call.verb === 'create').map(({ at }) => at)
  const refused = creates.slice(QUOTA.from - 1).filter((at) => at < end)
  const late = refused.filter((at) => at >= READY_MICROS + 10_000_000)
  const times = late.filter((at, index) => index === 0 || at - late[index - 1]! > 50_000).length
  if (refused.length > REFUSED_MAX || times > ASKED_MAX) {
    const message = `While the quota refused new Pods for a minute, it asked for one ${refused.length} times, and ${times} times in the last 50 s.`
    judge.fail(message, 'longer and longer pauses after each refusal, or some seconds', `${times} times in 50 s`)
  }
}

const SETTLED_MICROS = START_MICROS + 15_000_000
const LIVE_READS_MAX = 300

/** Twelve Pods in good weather, and ten changes that concern nobody. */
function judgeWork(trial: Trial<Plan>): void {
  const plan = trial.plan!
  const { judge } = play(trial, plan)
  const { writes, liveReads, reconciles } = trial.controllers[0]!
  const count = (...verbs: string[]) => writes.filter(({ call }) => verbs.includes(call.verb)).length
  const { replicas } = plan.sets[0]!
  const [late] = writes.filter(({ at }) => at > SETTLED_MICROS)
  if (late) {
    const what = `${late.call.verb} of ${late.call.resource} ${late.call.name ?? ''}`.trim()
    const message = `At ${seconds(late.at)} it made a write (${what}), though all was as wanted and only an annotation had changed.`
    judge.fail(
      message,
      'no writes when there is nothing to do',
      `${writes.filter(({ at }) => at > SETTLED_MICROS).length} writes`,
    )
  }
  const others = count('delete', 'patch', 'update')
  if (count('create') !== replicas || others > 0) {
    const message = `${replicas} Pods took ${count('create')} creates and ${others} deletes, patches or updates, in good weather.`
    judge.fail(message, `${replicas} creates and nothing else`, `${count('create')} creates, ${others} others`)
  }
  const statusMax = replicas * 4 + 6
  if (count('updateStatus') > statusMax) {
    const message = `The status was written ${count('updateStatus')} times for ${replicas} Pods.`
    judge.fail(message, `at most ${statusMax}: only when it changes`, `${count('updateStatus')}`)
  }
  if (liveReads > LIVE_READS_MAX) {
    const message = `It asked the API server ${liveReads} times what the cache could have told, in ${reconciles} reconciles.`
    judge.fail(message, `at most ${LIVE_READS_MAX} live reads`, `${liveReads}`)
  }
}

export default defineChecks(
  controllerGuest(),
  [
    example('a new ReplicaSet gets its Pods, and a true status', {
      stage: 'good weather',
      hint: 'loop',
      plan: { sets: [web(3)], steps: [], faults: GOOD_WEATHER },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('it is scaled up and down', {
      stage: 'good weather',
      hint: 'loop',
      plan: {
        sets: [web(1)],
        steps: [
          step(3000, { do: 'scale', set: 'web', replicas: 4 }),
          step(6000, { do: 'scale', set: 'web', replicas: 2 }),
        ],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('a Pod that is being deleted, or has failed, is replaced at once', {
      stage: 'good weather',
      hint: 'active',
      plan: {
        sets: [web(3), { name: 'api', replicas: 2, neverReady: true }],
        steps: [step(4000, disturb('delete', 0)), step(8000, disturb('fail', 1))],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    example('orphans that match are adopted, Pods of others are not counted', {
      stage: 'whose Pods',
      hint: 'owner',
      plan: {
        sets: [web(2)],
        steps: [
          step(-400, orphan('blue')),
          step(3000, orphan('theirs', { owner: 'green' })),
          step(3000, orphan('canary', { labels: { app: 'web', track: CANARY } })),
          step(3000, orphan('elsewhere', { namespace: 'kube-public' })),
          step(4000, { do: 'scale', set: 'web', replicas: 4 }),
          step(7000, disturb('relabel', 0)),
        ],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run: (trial) => void play(trial, trial.plan!, PROMPT_MICROS),
    }),

    property('never more Pods than wanted, however late the cache', {
      stage: 'late cache',
      hint: 'expectations',
      generate: lateCache,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('scaling makes and deletes each Pod once', {
      stage: 'late cache',
      hint: 'expectations',
      per200: 20,
      generate: scaling,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('Pods of others are never touched', {
      stage: 'whose Pods',
      hint: 'owner',
      per200: 30,
      generate: neighbours,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('an orphan that somebody else has taken meanwhile is left to them', {
      stage: 'whose Pods',
      hint: 'owner',
      per200: 5,
      generate: contested,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('the least useful Pods go first', {
      stage: 'good weather',
      hint: 'victims',
      per200: 20,
      generate: fewer,
      world,
      ...told,
      run: (trial, plan) => judgeVictims(play(trial, plan).judge),
      shrink: SHRINK,
    }),

    property('it comes right although the cache misses changes', {
      stage: 'late cache',
      hint: 'loop',
      per200: 30,
      generate: brokenWatch,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    property('it does not wait for ever for a Pod that nobody will see', {
      stage: 'late cache',
      hint: 'patience',
      per200: 4,
      generate: unseen,
      world,
      ...told,
      run: (trial, plan) => void play(trial, plan),
      shrink: SHRINK,
    }),

    turns,

    faults('it may die after every call', {
      stage: 'faults',
      hint: 'crash',
      per200: 1,
      generate: shortLife,
      faults: crashes,
      world: faultyWorld,
      ...toldOf,
      shrink: SHRINK,
      run: (trial, plan, fault) => void play(trial, withFault({ plan, fault })),
    }),

    faults('any answer may be lost, though the call was carried out', {
      stage: 'faults',
      hint: 'doubt',
      per200: 1,
      generate: shortLife,
      faults: lostAnswers,
      world: faultyWorld,
      ...toldOf,
      shrink: SHRINK,
      run: (trial, plan, fault) => void play(trial, withFault({ plan, fault })),
    }),

    matrix,

    cost('a ReplicaSet that is gone asks for nothing', {
      stage: 'good weather',
      hint: 'loop',
      plan: {
        sets: [web(1), { name: 'api', replicas: 1 }],
        steps: [step(4000, { do: 'drop', set: 'api' }), step(9000, disturb('touch', 0))],
        faults: GOOD_WEATHER,
      },
      world,
      ...told,
      run(trial) {
        const { judge } = play(trial, trial.plan!, PROMPT_MICROS)
        const { thrown } = trial
        if (!thrown?.during.includes('default/api')) return
        const message = 'The ReplicaSet api is gone, and reconcile fails for it: it will be called again and again.'
        judge.fail(message, 'it returns', thrown.failure.message)
      },
    }),

    cost('a quota that refuses is not asked again and again', {
      stage: 'faults',
      hint: 'back-off',
      plan: { sets: [web(5)], steps: [], faults: { refuse: [QUOTA] } },
      world,
      ...told,
      run: judgeBackOff,
    }),

    cost('when all is as wanted, nothing is written', {
      stage: 'good weather',
      hint: 'status',
      plan: {
        sets: [web(12)],
        steps: Array.from({ length: 10 }, (_, index) => step(20_000 + 7_000 * index, disturb('touch', index))),
        faults: { twicePerMille: 300 },
      },
      world,
      ...told,
      run: judgeWork,
    }),
  ],
  tellTexts,
)
