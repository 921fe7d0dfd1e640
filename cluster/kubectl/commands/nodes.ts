/** `kubectl cordon`, `uncordon` and `taint`: who may come to a node. */
import type { Node, Taint, TaintEffect } from '#cluster/api/types.ts'
import { getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { chooseObjects } from '../chosen-objects.ts'
import { dryRunOf, dryRunQuery } from '../dry-run.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet } from '../flags.ts'
import { parseTargets } from '../resource-arguments.ts'
import { summary } from './outcome.ts'

export const cordon = ({ args }: Invocation): Steps => setUnschedulable(args, true)
export const uncordon = ({ args }: Invocation): Steps => setUnschedulable(args, false)

function* setUnschedulable(args: readonly string[], unschedulable: boolean): Steps {
  const word = unschedulable ? 'cordon' : 'uncordon'
  if (args.length === 0) throw new CommandError(`error: USAGE: ${word} NODE [flags]`)
  const lines: string[] = []
  const errors: string[] = []
  for (const arg of args) {
    const name = arg.replace(/^nodes?\//, '')
    const answer = (yield* ask(getRequest('nodes', undefined, name))).answers[0]!
    if (!isOk(answer)) {
      errors.push(failureText(answer))
      continue
    }
    if (((answer.body as Node).spec?.unschedulable ?? false) === unschedulable) {
      lines.push(`node/${name} already ${word}ed`)
      continue
    }
    const patch = { spec: { unschedulable: unschedulable || null } }
    yield* need(patchRequest('nodes', { metadata: { name } }, 'strategic', patch))
    lines.push(`node/${name} ${word}ed`)
  }
  return summary(lines, errors)
}

const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const taintFlags: FlagSpec = {
  values: ['selector', 'dry-run', 'field-manager'],
  switches: ['overwrite', 'all'],
}

const UNNAMED = 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>'

export function* taint(invocation: Invocation): Steps {
  const { args, flags } = invocation
  const how = dryRunOf(flags)
  const specs = args.filter((arg, i) => i > 0 && (arg.includes('=') || arg.includes(':') || arg.endsWith('-')))
  const words = args.filter((arg) => !specs.includes(arg))
  if (specs.length === 0) throw new CommandError('error: at least one taint update is required')
  const [target] = yield* parseTargets(words)
  if (target!.resource.resource !== 'nodes')
    throw new CommandError(`error: invalid resource type ${target!.resource.resource}, only node(s) is supported`)
  const chosen = yield* chooseObjects(invocation, words, UNNAMED)
  const changes = specs.map(parseTaint)
  const isOverwriting = isSet(flags, 'overwrite')
  const isTaken = changes.some(({ remove }) => remove)
  const isGiven = changes.some(({ remove }) => !remove)
  const done = (isGiven && isTaken) || isOverwriting ? 'modified' : isGiven ? 'tainted' : 'untainted'
  const lines: string[] = []
  for (const { name } of chosen) {
    const { body } = yield* need(getRequest('nodes', undefined, name))
    const taints = changeTaints(name, (body as Node).spec?.taints ?? [], changes, isOverwriting)
    const request = patchRequest('nodes', { metadata: { name } }, 'strategic', { spec: { taints } })
    if (how !== 'client') yield* need({ ...request, ...dryRunQuery(how, request.query) })
    lines.push(`node/${name} ${done}`)
  }
  return summary(lines, [])
}

interface TaintChange {
  readonly key: string
  readonly value?: string
  readonly effect?: TaintEffect
  readonly remove: boolean
}

function parseTaint(spec: string): TaintChange {
  const match = /^([^=:]+)(?:=([^:]*))?(?::([A-Za-z]+))?(-)?$/.exec(spec.endsWith('-') ? `${spec.slice(0, -1)}-` : spec)
  const [, key, value, effect, minus] = match ?? []
  const cleanKey = minus === undefined && key?.endsWith('-') ? key.slice(0, -1) : key
  const remove = minus !== undefined || (key?.endsWith('-') ?? false)
  if (cleanKey === undefined || (!remove && effect === undefined))
    throw new CommandError(`error: unknown taint spec: ${spec}`)
  if (effect !== undefined && !EFFECTS.includes(effect)) {
    throw new CommandError(
      `error: invalid taint effect: ${effect}, unsupported taint effect\nSee 'kubectl taint -h' for help and examples`,
    )
  }
  return { key: cleanKey, ...(value && { value }), ...(effect && { effect: effect as TaintEffect }), remove }
}

function changeTaints(
  node: string,
  taints: readonly Taint[],
  changes: readonly TaintChange[],
  overwrite: boolean,
): Taint[] {
  let next = [...taints]
  for (const { key, value, effect, remove } of changes) {
    const isIt = (taint: Taint): boolean => taint.key === key && (effect === undefined || taint.effect === effect)
    const exists = next.some(isIt)
    if (remove) {
      if (!exists) throw new CommandError(`error: taint "${key}${effect ? `:${effect}` : ''}" not found`)
      next = next.filter((each) => !isIt(each))
      continue
    }
    if (exists && !overwrite) {
      throw new CommandError(
        `error: node ${node} already has ${key} taint(s) with same effect(s) and --overwrite is false`,
      )
    }
    next = [...next.filter((each) => !isIt(each)), { key, ...(value && { value }), effect: effect! }]
  }
  return next
}
