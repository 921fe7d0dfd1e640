/**
 * What must hold at every step of a group: the safety properties of the Raft paper's figure 3, that nothing counts as committed
 * before a quorum has it on disk, and that reads are not older than what was answered before they began.
 */
import type { NodeView, RaftEntry, RaftMessage, RaftReady, RaftWitness, RaftWorld, Trial } from 'clusterwright/kit'
import { say } from './texts.ts'

const nameOf = (entry: RaftEntry | undefined): string => (entry ? `${entry.index}/${entry.term}` : '0/0')

export class Safety implements RaftWitness {
  readonly #trial: Trial<any>
  readonly #leaders = new Map<number, number>()
  /** What stands before each entry ever written, and what is in it, by `index/term`. */
  readonly #entries = new Map<string, string>()
  /** What is committed, by index: as it was first applied anywhere. */
  readonly committed: RaftEntry[] = []
  readonly #logs = new Map<number, { readonly incarnation: number; readonly entries: readonly RaftEntry[] }>()
  readonly #roles = new Map<number, string>()
  readonly #commits = new Map<number, number>()
  /** Up to where a client has been told that its write is done. */
  acknowledged = 0
  /** Reads that wait, by context: how far they must see at least. */
  readonly #reads = new Map<string, number>()
  readonly answered: string[] = []
  /** How many appends each node has refused. */
  readonly refusals = new Map<number, number>()
  #proposals = new Map<string, number>()

  constructor(trial: Trial<any>) {
    this.#trial = trial
  }

  // ── clients ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A client writes at this node, and is answered when it is applied there. */
  wrote(data: string, node: number): void {
    this.#proposals.set(data, node)
  }

  asked(context: string): void {
    this.#reads.set(context, this.acknowledged)
  }

  // ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

  started(node: NodeView): void {
    this.#logs.set(node.id, { incarnation: node.incarnation, entries: node.entries })
    this.#roles.set(node.id, '')
    this.#commits.set(node.id, node.commit)
  }

  ready(node: NodeView, ready: RaftReady, world: RaftWorld): void {
    const { id, term, raftState, commit } = node
    const before = this.#logs.get(id)!.entries
    const role = `${raftState} ${term}`
    const wasLeader = this.#roles.get(id) === role && raftState === 'StateLeader'
    this.#written(node, ready, before, wasLeader, world)
    if (raftState === 'StateLeader' && !wasLeader) this.#newLeader(node, world)
    const last = this.#commits.get(id)!
    if (commit < last || commit > node.entries.length)
      this.#fail(
        'commit-nowhere',
        { node: id, commit, last, length: node.entries.length },
        `${last}`,
        `${commit}`,
        'commit',
        world,
      )
    const commits = node.entries[commit - 1]
    if (wasLeader && commit > last && commits!.term !== term)
      this.#fail(
        'commit-old-term',
        { node: id, entry: nameOf(commits), term },
        `${last}`,
        `${commit}`,
        'own-term',
        world,
      )
    this.#commits.set(id, commit)
    this.#roles.set(id, role)
    this.#logs.set(id, { incarnation: node.incarnation, entries: node.entries })
  }

  #written(
    node: NodeView,
    { entries }: RaftReady,
    before: readonly RaftEntry[],
    wasLeader: boolean,
    world: RaftWorld,
  ): void {
    const [first] = entries
    if (!first) return
    const { id, term } = node
    const isInOrder = entries.every(({ index }, at) => index === first.index + at)
    if (!isInOrder || first.index < 1 || first.index > before.length + 1)
      this.#fail(
        'gap',
        { node: id, entry: nameOf(first), length: before.length },
        `${before.length + 1}`,
        entries.map(nameOf).join(' '),
        'append',
        world,
      )
    if (wasLeader && first.index <= before.length)
      this.#fail(
        'leader-overwrites',
        { node: id, term, entry: nameOf(before[first.index - 1]) },
        nameOf(before[first.index - 1]),
        nameOf(first),
        'conflict',
        world,
      )
    for (const entry of entries) {
      const previous = node.entries[entry.index - 2]
      const content = JSON.stringify([nameOf(previous), entry.data ?? null])
      const known = this.#entries.get(nameOf(entry)) ?? content
      this.#entries.set(nameOf(entry), content)
      if (known !== content)
        this.#fail('log-matching', { node: id, entry: nameOf(entry) }, known, content, 'append', world)
      if (previous && previous.term > entry.term)
        this.#fail(
          'log-matching',
          { node: id, entry: nameOf(entry) },
          `term ≥ ${previous.term}`,
          `${entry.term}`,
          'append',
          world,
        )
    }
  }

  #newLeader({ id, term, entries }: NodeView, world: RaftWorld): void {
    const other = this.#leaders.get(term) ?? id
    this.#leaders.set(term, id)
    if (other !== id) this.#fail('two-leaders', { term, one: other, two: id }, '1', '2', 'append', world)
    const lost = this.committed.find(({ index, term: of }) => entries[index - 1]?.term !== of)
    if (lost)
      this.#fail(
        'leader-lacks',
        { node: id, term, entry: nameOf(lost) },
        nameOf(lost),
        nameOf(entries[lost.index - 1]),
        'own-term',
        world,
      )
  }

  sent(message: RaftMessage, world: RaftWorld): void {
    const { type, from, index = 0, reject } = message
    if (type !== 'MsgAppResp') return
    if (reject) this.refusals.set(from, (this.refusals.get(from) ?? 0) + 1)
    if (reject) return
    const length = world.disks.get(from)?.length ?? 0
    if (index > length)
      this.#fail('acknowledges-nothing', { node: from, index, length }, `≤ ${length}`, `${index}`, 'append', world)
  }

  applied(node: NodeView, entries: readonly RaftEntry[], world: RaftWorld): void {
    let at = node.applied.length - entries.length
    for (const entry of entries) {
      at += 1
      if (entry.index !== at)
        this.#fail(
          'applied-out-of-order',
          { node: node.id, entry: nameOf(entry), index: at },
          `${at}`,
          `${entry.index}`,
          'apply',
          world,
        )
      const known = this.committed[at - 1]
      if (!known) this.#firstApplied(node.id, entry, world)
      else if (JSON.stringify([known.term, known.data]) !== JSON.stringify([entry.term, entry.data]))
        this.#fail(
          'state-machine',
          { node: node.id, index: at },
          JSON.stringify(known),
          JSON.stringify(entry),
          'own-term',
          world,
        )
      if (entry.data !== undefined && this.#proposals.get(entry.data) === node.id)
        this.acknowledged = Math.max(this.acknowledged, entry.index)
    }
  }

  #firstApplied(id: number, entry: RaftEntry, world: RaftWorld): void {
    this.committed.push(entry)
    const holders = world.ids.filter((other) => world.disks.get(other)?.[entry.index - 1]?.term === entry.term)
    if (2 * holders.length <= world.group.size)
      this.#fail(
        'not-on-a-quorum',
        { node: id, entry: nameOf(entry), holders: holders.join(', ') },
        `> ${world.group.size / 2}`,
        `${holders.length}`,
        'commit',
        world,
      )
  }

  read(node: NodeView, context: string, index: number, world: RaftWorld): void {
    const least = this.#reads.get(context)
    if (least === undefined) this.#fail('read-unasked', { node: node.id, context }, 'context', context, 'read', world)
    this.answered.push(context)
    if (index < least!)
      this.#fail('stale-read', { node: node.id, index, least: least! }, `≥ ${least}`, `${index}`, 'read', world)
  }

  #fail(
    key: Parameters<typeof say>[0],
    params: Readonly<Record<string, string | number>>,
    expected: string,
    actual: string,
    hint: string,
    world: RaftWorld,
  ): never {
    this.#trial.fail({ message: say(key, params), expected, actual, hint, story: world.story() })
  }
}
