/** What is right, worked out apart from the solution, and what is said of an answer that is not. */
import type { Finding } from 'clusterwright/kit'
import type { Health, Member, Survival } from 'clusterwright/quorum'
import { CONTROL_PLANE, ETCD, type HostsCase, type MembersCase } from './cases.ts'
import { say } from './texts.ts'

export const membersOf = ({ members }: MembersCase): Member[] =>
  members.map(({ learner, down }, index) => ({ id: `m-${index + 1}`, voter: !learner, up: !down }))

export function healthOf(members: readonly Member[]): Health {
  const voters = members.filter(({ voter }) => voter)
  let quorum = 0
  while (2 * quorum <= voters.length) quorum++
  const up = voters.filter((member) => member.up).length
  return { quorum, tolerates: voters.length - quorum, available: up >= quorum }
}

export function survivalOf({ topology, failed }: HostsCase): Survival {
  const left = (hosts: readonly string[]): number => hosts.filter((host) => !failed.includes(host)).length
  return { api: left(CONTROL_PLANE) >= 1, store: left(topology === 'stacked' ? CONTROL_PLANE : ETCD) >= 2 }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with an answer of `analyze`; undefined: nothing. */
export function judgeHealth(members: readonly Member[], answer: unknown): Finding | undefined {
  const expected = healthOf(members)
  const voters = members.filter(({ voter }) => voter)
  const learners = members.length - voters.length
  const up = voters.filter((member) => member.up).length
  const whom = { voters: voters.length, learners, up }
  // Exactly half of the voters is where a majority is most often misunderstood.
  const isHalf = 2 * up === voters.length
  const hint = learners > 0 ? 'voters' : up < voters.length && !isHalf ? 'membership' : 'majority'
  if (!isObject(answer)) return mute(answer, '{quorum, tolerates, available}', 'analyze')
  const params = { ...whom, expected: String(expected.quorum), actual: shown(answer['quorum']) }
  const both = (key: keyof Health) => ({
    expected: `${key}: ${expected[key]}`,
    actual: `${key}: ${shown(answer[key])}`,
  })
  if (answer['quorum'] !== expected.quorum) return { message: say('quorum', params), ...both('quorum'), hint }
  if (answer['tolerates'] !== expected.tolerates)
    return { message: say('tolerates', params), ...both('tolerates'), hint }
  if (answer['available'] === expected.available) return undefined
  const key = expected.available ? 'is-available' : 'is-not-available'
  return { message: say(key, params), ...both('available'), hint }
}

/** What is wrong with an answer of `survives`. */
export function judgeSurvival({ topology, failed }: HostsCase, answer: unknown): Finding | undefined {
  const expected = survivalOf({ topology, failed })
  if (!isObject(answer)) return mute(answer, '{api, store}', 'survives')
  const wrong = (['api', 'store'] as const).find((part) => answer[part] !== expected[part])
  if (!wrong) return undefined
  const gone = failed.length === 0 ? say('none') : failed.join(', ')
  return {
    message: say(`${wrong}-${expected[wrong] ? 'lives' : 'lost'}`, { topology, failed: gone }),
    expected: `${wrong}: ${expected[wrong]}`,
    actual: `${wrong}: ${shown(answer[wrong])}`,
    hint: 'hosts',
  }
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))

function mute(answer: unknown, wanted: string, name: string): Finding {
  const actual = shown(answer ?? undefined)
  return { message: say('mute', { name, wanted }), expected: wanted, actual, hint: 'majority' }
}
