/** What somebody asks of the API server, who answers it, and what comes back: from the trace. */
import type { Described } from '#cluster/scenarios/described.ts'
import type { NoteView, Timeline } from '../../simulation/protocol.ts'

const API_SERVER = 'cp-1/kube-apiserver'

export interface Asked {
  readonly typed: Described
  readonly request: Described
  /** It was passed on: to the server behind which APIService, and for whom. */
  readonly passed: { readonly apiService: string; readonly to: string; readonly user: string } | undefined
  /** Why it was not let through. */
  readonly refused: string | undefined
  /** When the server behind was asked, and by what. */
  readonly behind: Described | undefined
  readonly answer: Described | undefined
}

const isForBehind = (kind: string, { resource, from, label }: Described): boolean =>
  from === API_SERVER && (kind === 'orders' ? resource === 'orders' : label === 'exchange')

const READS = /^(?:GET|kubectl (?:get|top)) /

/** Whether an event led to another, as far as the causes between them are told. */
function comesFrom(events: readonly Described[], later: Described, earlier: Described): boolean {
  let at: Described | undefined = later
  while (at && at.cause > earlier.tick) {
    const { cause }: Described = at
    at = events.find(({ tick }) => tick === cause)
  }
  return at?.cause === earlier.tick
}

/** Every request for a group or another, of those that are typed from this tick on; what changes something is another matter. */
export function askedIn({ events, notes }: Timeline, fromTick: number): Asked[] {
  return events.flatMap((typed, i): Asked[] => {
    if (typed.kind !== 'command' || typed.tick < fromTick || !READS.test(typed.label)) return []
    const rest = events.slice(i + 1)
    const request = rest.find(({ kind, cause, to }) => kind === 'request' && cause === typed.tick && to === API_SERVER)
    if (!request) return []
    const answers = rest.filter(({ kind, from, to, tick, resource }) => kind === 'response' && tick > request.tick && from === API_SERVER && to === request.from && resource === request.resource) // prettier-ignore
    // Of two questions about one resource that are asked at once (`kubectl top nodes`), either may be answered first.
    const answer = answers.find((one) => comesFrom(events, one, request)) ?? answers[0]
    const until = answer?.tick ?? Infinity
    const noted = (kind: string): NoteView | undefined => notes.find((note) => note.tick === request.tick && note.kind === kind) // prettier-ignore
    const passed = noted('proxied')?.detail as Asked['passed']
    const judged = noted('authorization')?.detail as { readonly allowed: boolean; readonly user: string } | undefined
    return [
      {
        typed,
        request,
        passed,
        refused: judged?.allowed === false ? judged.user : undefined,
        behind: passed && rest.find((event) => event.tick < until && event.cause === request.tick && isForBehind(request.resource, event)), // prettier-ignore
        answer,
      },
    ]
  })
}
