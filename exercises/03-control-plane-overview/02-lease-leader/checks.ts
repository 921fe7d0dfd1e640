/** Checks of `lease-leader`: against the simulated API server, in calm weather and when machines fail. */
import { defineChecks, electorGuest, example, faults, type FaultPlan, property, type Trial } from 'clusterwright/kit'
import { judgeEmpty, judgeOutrun, judgeWord } from './alone.ts'
import { calm, type Case, COPIES, electionCase, type Fault } from './cases.ts'
import { electionWorld, judgeCalm, judgeEnd, judgeReturn, judgeSuccession, run, tellCase } from './run.ts'
import { texts } from './texts.ts'

const of = (plan: Case, judge: (trial: Trial<any>, ran: ReturnType<typeof run>) => void) => ({
  plan,
  world: electionWorld,
  tell: tellCase,
  run: (trial: Trial<Case>): void => judge(trial, run(trial, plan)),
})

const stops = (who: number, atMs: number): Fault => ({ kind: 'stops', who, atMs, forMs: 0 })

/** Moments within a tick of the leader: before, between and after its calls. */
function pauses(trial: Trial<any>, plan: Case): Fault[] {
  const { records } = run(trial, plan)
  const own = records.filter(({ who, at }) => who === COPIES[0] && at > 10_000_000)
  const [asks, answers] = [
    own.findIndex(({ what }) => what === 'asks'),
    own.findIndex(({ what }) => what === 'leading'),
  ]
  const from = own[asks]?.at ?? 0
  const until = own.slice(asks).find(({ what }) => what === 'leading')?.at ?? from
  if (answers < 0) return []
  return [0.2, 0.4, 0.6, 0.8, 0.95].map((part) => ({
    ...{ kind: 'paused', who: 0, forMs: 32_000 },
    atMs: (from + Math.round((until - from) * part)) / 1000,
  }))
}

const withFault = ({ plan, fault }: FaultPlan<Case, Fault>): Case =>
  fault === undefined ? plan : { ...plan, faults: [fault], lastsMs: 50_000 }

const checks = [
  example<Case>('one leads, and goes on leading', {
    stage: 'lead',
    hint: 'lead',
    ...of(calm(), judgeCalm),
  }),

  example<Case>('clocks that differ by hours change nothing', {
    stage: 'safe',
    hint: 'safe',
    ...of(calm({ offsets: [-7200, 3600, 0], drifts: [10, -10, 0] }), judgeCalm),
  }),

  example<Case>('who dies is succeeded, and not before its time', {
    stage: 'succeed',
    hint: 'succeed',
    ...of(
      calm({
        offsets: [3600, 0, -3600],
        faults: [{ kind: 'dies', who: 0, atMs: 12_300, forMs: 60_000 }],
        lastsMs: 45_000,
      }),
      (trial, ran) => judgeSuccession(trial, ran, 12_300),
    ),
  }),

  example<Case>('who is cut off gives up before another begins', {
    stage: 'safe',
    hint: 'safe',
    ...of(calm({ faults: [{ kind: 'cut-off', who: 0, atMs: 11_600, forMs: 60_000 }], lastsMs: 45_000 }), (trial, ran) =>
      judgeSuccession(trial, ran, 11_600),
    ),
  }),

  example<Case>('who stood still does not lead when it wakes', {
    stage: 'safe',
    hint: 'safe',
    ...of(calm({ faults: [{ kind: 'paused', who: 0, atMs: 11_200, forMs: 32_000 }], lastsMs: 60_000 }), (trial, ran) =>
      judgeSuccession(trial, ran, 11_200),
    ),
  }),

  example('its word is less than ten seconds old, whatever failed since', {
    stage: 'safe',
    hint: 'safe',
    run: judgeWord,
  }),

  example('who is outrun stands by', { stage: 'lead', hint: 'lead', run: judgeOutrun }),

  example('what nobody holds is taken at once', { stage: 'succeed', hint: 'succeed', run: judgeEmpty }),

  example<Case>('who stops lets go', {
    stage: 'release',
    hint: 'release',
    ...of(calm({ faults: [stops(0, 12_000), stops(1, 20_000)], lastsMs: 30_000 }), (trial, ran) =>
      judgeSuccession(trial, ran, 12_000, { within: 6_500_000, hint: 'release' }),
    ),
  }),

  example<Case>('who stops without the Lease lets go of nothing', {
    stage: 'release',
    hint: 'release',
    ...of(calm({ faults: [stops(1, 12_000), stops(2, 15_000)], lastsMs: 24_000 }), judgeCalm),
  }),

  example<Case>('who starts again in time still holds the Lease', {
    stage: 'lead',
    hint: 'lead',
    ...of(calm({ faults: [{ kind: 'dies', who: 0, atMs: 12_300, forMs: 4000 }] }), judgeReturn),
  }),

  example<Case>('of three that start at once, one leads', {
    stage: 'lead',
    hint: 'lead',
    ...of(calm({ together: true, lastsMs: 24_000 }), judgeCalm),
  }),

  faults<Case, Fault>('whoever stands still in the middle of a call does not lead when it wakes', {
    stage: 'safe',
    hint: 'safe',
    per200: 1,
    generate: () => calm({ lastsMs: 16_000 }),
    faults: pauses,
    world: (plan, trial) =>
      electionWorld(withFault('lastsMs' in plan ? { plan: plan as unknown as Case } : plan), trial),
    run: (trial, plan, fault) => void run(trial as Trial<any>, { ...plan, faults: [fault], lastsMs: 50_000 }),
    tell: (plan) => tellCase(withFault(plan)),
  }),

  property<Case>('whatever fails, never two lead, and one does in the end', {
    stage: 'safe',
    hint: 'safe',
    per200: 14,
    generate: electionCase,
    world: electionWorld,
    run: (trial, plan) => {
      const ran = run(trial, { ...plan, lastsMs: 130_000 })
      judgeEnd(trial, ran, 100_000_000)
    },
    tell: tellCase,
    shrink: { fixed: ['offsets', 'drifts', 'faults', 'kind', 'who', 'atMs', 'forMs', 'lastsMs'], triesMax: 12 },
  }),
]

export default defineChecks(electorGuest(), checks, texts)
