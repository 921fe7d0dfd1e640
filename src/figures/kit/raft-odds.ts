/** Who could win an election now, and why not: by the rules of Raft, from what each member has and whom it reaches. */
import type { EtcdMemberView, Frame } from '../../simulation/protocol.ts'

export type Odds =
  | { readonly kind: 'leads' | 'down' | 'outside' | 'no-vote' }
  | { readonly kind: 'wins'; readonly votes: number; readonly of: number }
  /** It reaches too few, itself counted. */
  | { readonly kind: 'too-few'; readonly reached: number; readonly of: number }
  /** It reaches enough, but these have what it has not. */
  | { readonly kind: 'behind'; readonly newer: readonly string[]; readonly of: number }

export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1

const isNewer = (one: EtcdMemberView, than: EtcdMemberView): boolean =>
  one.lastTerm > than.lastTerm || (one.lastTerm === than.lastTerm && one.lastIndex > than.lastIndex)

export function isCut({ cuts }: Pick<Frame, 'cuts'>, a: string, b: string): boolean {
  return cuts.includes(`${a}>${b}`) || cuts.includes(`${b}>${a}`)
}

export function oddsOf(frame: Pick<Frame, 'etcd' | 'cuts'>, member: EtcdMemberView): Odds {
  if (member.role === 'outside') return { kind: 'outside' }
  if (member.state !== 'up') return { kind: 'down' }
  if (member.role === 'learner') return { kind: 'no-vote' }
  if (member.role === 'leader') return { kind: 'leads' }
  const of = member.voters.length
  const reached = frame.etcd.filter(
    (other) =>
      member.voters.includes(other.machine) &&
      (other === member || (other.state === 'up' && !isCut(frame, member.machine, other.machine))),
  )
  if (reached.length < quorumOf(of)) return { kind: 'too-few', reached: reached.length, of }
  const newer = reached.filter((other) => isNewer(other, member))
  const votes = reached.length - newer.length
  if (votes >= quorumOf(of)) return { kind: 'wins', votes, of }
  return { kind: 'behind', newer: newer.map(({ machine }) => machine), of }
}
