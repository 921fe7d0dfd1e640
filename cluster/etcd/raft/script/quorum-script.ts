/**
 * Scripts about quorums: `committed cfg=(1,2) [cfgj=(2,3)] idx=(…)` and `vote cfg=… [cfgj=…] votes=(y,n,_)`.
 *
 * Each case is computed in other ways, too, which must not make a difference; where one does, the output says so.
 * Where to read upstream: etcd-io/raft `quorum/datadriven_test.go`.
 */
import { committedIndex, describeJoint, idsOf, type JointConfig, voteResult } from '../quorum/joint.ts'
import { type AckedIndex, committedIndexOf, describeMajority, EVERYTHING, voteResultOf } from '../quorum/majority.ts'
import { type Argument, type Block, wholeNumber } from './datadriven.ts'

export const QUORUM_COMMANDS: ReadonlySet<string> = new Set(['committed', 'vote'])

interface Case {
  readonly config: JointConfig
  readonly isJoint: boolean
  /** One for each voter in the order of first mention; `_`: nothing known. */
  readonly given: ReadonlyMap<number, string>
}

export function runQuorumBlock({ name, args }: Block): string {
  const parsed = parseCase(args, name === 'vote' ? 'votes' : 'idx')
  if (typeof parsed === 'string') return parsed
  return name === 'vote' ? vote(parsed) : committed(parsed)
}

function parseCase(args: readonly Argument[], inputs: string): Case | string {
  const valuesOf = (key: string): readonly string[] => args.find((arg) => arg.key === key)?.values ?? []
  const ids = (key: string): number[] =>
    valuesOf(key)
      .filter((id) => id !== 'zero')
      .map(wholeNumber)
  const unknown = args.find(({ key }) => !['cfg', 'cfgj', inputs].includes(key))
  if (unknown) throw new Error(`unknown arg ${unknown.key}`)
  const isJoint = args.some(({ key }) => key === 'cfgj')
  const [mentionedFirst, mentionedThen] = [ids('cfg'), ids('cfgj')]
  const ascending = (list: readonly number[]): readonly number[] => [...new Set(list)].sort((a, b) => a - b)
  const config = { incoming: ascending(mentionedFirst), outgoing: ascending(mentionedThen) }
  const given = valuesOf(inputs)
  const odd = inputs === 'votes' && given.find((answer) => !/^[yn_]$/.test(answer))
  if (odd) throw new Error(`unknown vote: ${odd}`)
  const voters = [...new Set([...mentionedFirst, ...mentionedThen])]
  if (voters.length !== given.length) {
    // As Go prints them: a set is a map, and what is left out is 0.
    const set = idsOf(config).map((id) => `${id}:{}`)
    const list = given.map((one) => AS_INDEX[one] ?? one)
    return `error: mismatched input (explicit or _) for voters map[${set.join(' ')}]: [${list.join(' ')}]`
  }
  return { config, isJoint, given: new Map(voters.map((id, i) => [id, given[i]!])) }
}

const AS_INDEX: Readonly<Record<string, number>> = { _: 0, n: 1, y: 2 }

const formatIndex = (index: number): string => (index === EVERYTHING ? '∞' : String(index))

function committed({ config, isJoint, given }: Case): string {
  const indexes = new Map([...given].filter(([, index]) => index !== '_').map(([id, index]) => [id, Number(index)]))
  const acked: AckedIndex = (id) => indexes.get(id)
  const { incoming, outgoing } = config
  if (isJoint) {
    const index = committedIndex(config, acked)
    const swapped = committedIndex({ incoming: outgoing, outgoing: incoming }, acked)
    const note = swapped === index ? '' : `${formatIndex(swapped)} <-- via symmetry\n`
    return `${describeJoint(config, acked)}${note}${formatIndex(index)}\n`
  }
  const index = committedIndexOf(incoming, acked)
  const others: [string, number][] = [
    ['via alternative computation', alternativeCommittedIndex(incoming, acked)],
    ['via zero-joint quorum', committedIndex({ incoming, outgoing: [] }, acked)],
    ['via self-joint quorum', committedIndex({ incoming, outgoing: incoming }, acked)],
    ...lowered(incoming, acked, index),
  ]
  const notes = others
    .filter(([, other]) => other !== index)
    .map(([how, other]) => `${formatIndex(other)} <-- ${how}\n`)
  return `${describeMajority(incoming, acked)}${notes.join('')}${formatIndex(index)}\n`
}

/** Straight from the definition: the highest index that more than half have reached. */
function alternativeCommittedIndex(voters: readonly number[], acked: AckedIndex): number {
  if (voters.length === 0) return EVERYTHING
  const known = voters.map((id) => acked(id) ?? 0)
  const reached = known.filter((index) => known.filter((other) => other >= index).length > voters.length / 2)
  return Math.max(0, ...reached)
}

/** Whoever is below the committed index may fall further behind: nothing changes. */
function lowered(voters: readonly number[], acked: AckedIndex, index: number): [string, number][] {
  const behind = voters.filter((id) => (acked(id) ?? 0) > 0 && acked(id)! < index)
  return behind.flatMap((id) =>
    [acked(id)! - 1, 0].map((to): [string, number] => [
      `overlaying ${id}->${to}`,
      committedIndexOf(voters, (other) => (other === id ? to : acked(other))),
    ]),
  )
}

function vote({ config, isJoint, given }: Case): string {
  const votes = new Map([...given].filter(([, answer]) => answer !== '_').map(([id, answer]) => [id, answer === 'y']))
  if (!isJoint) return `${voteResultOf(config.incoming, votes)}\n`
  const result = voteResult(config, votes)
  const swapped = voteResult({ incoming: config.outgoing, outgoing: config.incoming }, votes)
  return `${swapped === result ? '' : `${swapped} <-- via symmetry\n`}${result}\n`
}
