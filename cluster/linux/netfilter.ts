/**
 * Chains of rules, walked for one packet.
 *
 * What we model: tables nat and filter, user chains, jumps and returns, first match wins; how many rules were looked at,
 * which is what makes iptables slow with many Services; lists of recent senders.
 * Where to read upstream: Linux `net/ipv4/netfilter/ip_tables.c`, `net/netfilter/xt_recent.c`.
 */
import { networkOf } from './ip.ts'
import { isLocal } from './links.ts'
import type {
  AddressMatch,
  Chain,
  CompiledRule,
  ConnectionState,
  RecentMatch,
  Rule,
  TableName,
  Target,
} from './netfilter-rule.ts'
import { BUILT_IN, compile, formatRule } from './netfilter-rule.ts'
import type { Packet } from './packet.ts'
import type { LinuxState, Work } from './state.ts'
import type { ChainSet, TableChange } from './syscall.ts'

/** What the walk through a table came to. `none`: every chain ran to its end. */
export type Verdict = { readonly rule: Rule; readonly target: Target; readonly to: number } | undefined

/** What a rule may ask about a packet besides the packet itself. */
export interface MatchContext {
  readonly state: ConnectionState
  readonly inInterface: string | undefined
  readonly outInterface: string | undefined
  readonly destinationIsLocal: boolean
  readonly netns: number
}

/** Jumps deeper than this are a loop: the kernel refuses such a table, we end the walk. */
const JUMPS_MAX = 16

const addressFails = (match: AddressMatch | undefined, ip: number): boolean =>
  match !== undefined && (networkOf(ip, match.bits) === match.network) === match.not

const interfaceFails = (wanted: string | undefined, name: string | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted.startsWith('!') ? wanted.slice(1) === name : wanted !== name
}

function matches(
  work: Work,
  { rule, source, destination }: CompiledRule,
  packet: Packet,
  context: MatchContext,
): boolean {
  if (rule.protocol !== undefined && (rule.protocol !== packet.protocol || packet.icmp)) return false
  if (rule.destinationPort !== undefined && rule.destinationPort !== packet.destinationPort) return false
  if (addressFails(destination, packet.destination) || addressFails(source, packet.source)) return false
  if (interfaceFails(rule.inInterface, context.inInterface)) return false
  if (interfaceFails(rule.outInterface, context.outInterface)) return false
  if (rule.mark && ((packet.mark & rule.mark.mask) === rule.mark.value) === (rule.mark.not ?? false)) return false
  if (rule.connectionStates && !rule.connectionStates.includes(context.state)) return false
  if (rule.destinationIsLocal && !context.destinationIsLocal) return false
  if (rule.sourceIsLocal && !isLocal(work.state, context.netns, packet.source)) return false
  if (rule.recent && !isRecent(work, context.netns, rule.recent, packet.source)) return false
  return rule.probability === undefined || work.ctx.random('netfilter').float() < rule.probability
}

/** `ip_list_tot` of the kernel's module: whoever was not heard of for longest makes room. */
const RECENT_MAX = 100

function isRecent({ state, ctx }: Work, netns: number, { name, mode, seconds = 0 }: RecentMatch, ip: number): boolean {
  const list = `${netns}/${name}`
  const sender = String(ip)
  const seen = state.recent.get(list, sender)
  if (mode === 'rcheck') return seen !== undefined && ctx.now - seen <= seconds * 1e6
  // Taken out first: the list is in the order in which its senders were heard of last.
  state.recent.delete(list, sender)
  if (state.recent.sizeOf(list) >= RECENT_MAX) {
    const [oldest] = state.recent.keys(list)
    state.recent.delete(list, oldest!)
  }
  state.recent.set(list, sender, ctx.now)
  return true
}

/** Walks one built-in chain. `packet` comes back with its mark, `visited` counts the rules that were looked at. */
export function walkChain(
  work: Work,
  netns: number,
  table: TableName,
  chain: string,
  packet: Packet,
  context: MatchContext,
): { packet: Packet; verdict: Verdict; visited: number } {
  const walk = { work, group: `${netns}/${table}`, context, packet, visited: 0, verdict: undefined as Verdict }
  visit(walk, chain, 0)
  return walk
}

interface Walk {
  readonly work: Work
  readonly group: string
  readonly context: MatchContext
  packet: Packet
  visited: number
  verdict: Verdict
}

/** True once there is a verdict. */
function visit(walk: Walk, chain: string, depth: number): boolean {
  const rules = walk.work.state.chains.get(walk.group, chain)?.rules
  if (rules === undefined || depth > JUMPS_MAX) return false
  for (const candidate of rules) {
    walk.visited++
    if (!matches(walk.work, candidate, walk.packet, walk.context)) continue
    const { target } = candidate.rule
    if (target.type === 'RETURN') return false
    if (target.type === 'JUMP') {
      if (visit(walk, target.chain, depth + 1)) return true
    } else if (target.type === 'MARK') {
      const mark = ((walk.packet.mark | (target.or ?? 0)) ^ (target.xor ?? 0)) >>> 0
      walk.packet = { ...walk.packet, mark }
    } else {
      walk.verdict = { rule: candidate.rule, target, to: candidate.to }
      return true
    }
  }
  return false
}

// ── changing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A set of chains, ready to be put in. */
interface CompiledSet {
  readonly chains: readonly Chain[]
  /** Chains outside the set that its rules jump to. */
  readonly jumps: readonly string[]
}

const compiledSets = new WeakMap<ChainSet, CompiledSet>()

function compileSet(set: ChainSet): CompiledSet {
  let result = compiledSets.get(set)
  if (!result) {
    const chains = Object.keys(set).map((name): Chain => ({ name, rules: set[name]!.map(compile) }))
    const targets = chains.flatMap(({ rules }) => rules.map(({ rule }) => rule.target))
    const jumps = targets.flatMap((target) => (target.type === 'JUMP' ? [target.chain] : []))
    result = { chains, jumps: [...new Set(jumps)].filter((name) => !Object.hasOwn(set, name)) }
    compiledSets.set(set, result)
  }
  return result
}

/** Replaces chains at one blow. Returns what is wrong, and then nothing has changed. */
export function restore(
  state: LinuxState,
  netns: number,
  tables: Readonly<Partial<Record<TableName, TableChange>>>,
): string | undefined {
  for (const table of Object.keys(tables) as TableName[]) {
    const wrong = check(state, `${netns}/${table}`, table, tables[table]!)
    if (wrong !== undefined) return wrong
  }
  for (const table of Object.keys(tables) as TableName[]) {
    const group = `${netns}/${table}`
    const { chains, deleted = [] } = tables[table]!
    for (const name of deleted) {
      state.chains.delete(group, name)
      state.recent.drop(`${netns}/${name}`)
    }
    for (const set of chains) for (const chain of compileSet(set).chains) state.chains.set(group, chain.name, chain)
  }
  startFiltering(state, netns)
  return undefined
}

function check(
  state: LinuxState,
  group: string,
  table: TableName,
  { chains, deleted = [] }: TableChange,
): string | undefined {
  const gone = new Set(deleted)
  const builtIn = BUILT_IN[table].find((name) => gone.has(name) || chains.some((set) => Object.hasOwn(set, name)))
  if (builtIn !== undefined) return `chain ${builtIn} of table ${table} is built in; add rules to it one by one`
  for (const set of chains) {
    for (const name of compileSet(set).jumps) {
      const known =
        chains.some((other) => Object.hasOwn(other, name)) || (!gone.has(name) && state.chains.get(group, name))
      if (!known) return `a rule jumps to ${name}, which is not a chain of table ${table}`
    }
  }
  return undefined
}

/** Puts a rule into a built-in chain unless it is there: in front, or at the end. */
export function ensureRule(
  state: LinuxState,
  netns: number,
  table: TableName,
  chain: string,
  rule: Rule,
  append: boolean,
): void {
  const group = `${netns}/${table}`
  const rules = state.chains.get(group, chain)?.rules ?? []
  const text = formatRule(chain, rule)
  if (rules.some((present) => formatRule(chain, present.rule) === text)) return
  const changed = append ? [...rules, compile(rule)] : [compile(rule), ...rules]
  state.chains.set(group, chain, { name: chain, rules: changed })
  startFiltering(state, netns)
}

function startFiltering(state: LinuxState, netns: number): void {
  const space = state.netns.get(netns)!
  if (!space.filters) state.netns.set(netns, { ...space, filters: true })
}

export function chainNames(state: LinuxState, netns: number, table: TableName): string[] {
  return Array.from(state.chains.values(`${netns}/${table}`), ({ name }) => name)
}

/** What `iptables-save` prints, chains in the order in which they were made. */
export function save(state: LinuxState, netns: number): string[] {
  const lines: string[] = []
  for (const table of ['nat', 'filter'] as const) {
    const group = `${netns}/${table}`
    const names = chainNames(state, netns, table)
    if (names.length === 0) continue
    const builtIn = BUILT_IN[table]
    const others = names.filter((name) => !builtIn.includes(name)).map((name) => `:${name} - [0:0]`)
    const rules = names.flatMap((name) =>
      state.chains.get(group, name)!.rules.map(({ rule }) => formatRule(name, rule)),
    )
    lines.push(`*${table}`, ...builtIn.map((name) => `:${name} ACCEPT [0:0]`), ...others, ...rules, 'COMMIT')
  }
  return lines
}
