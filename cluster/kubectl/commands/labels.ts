/** `kubectl label` and `annotate`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { CHOOSING, type Chosen, chooseObjects, referenceTo } from '../chosen-objects.ts'
import { dryRunOf, dryRunQuery, triedOut } from '../dry-run.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { printedName } from '../resource-arguments.ts'
import { summary } from './outcome.ts'

export const labelFlags: FlagSpec = {
  values: [...CHOOSING.values, 'resource-version', 'dry-run', 'field-manager'],
  switches: [...CHOOSING.switches, 'overwrite', 'list'],
}

export const label = (invocation: Invocation): Steps => setPairs(invocation, 'labels')
export const annotate = (invocation: Invocation): Steps => setPairs(invocation, 'annotations')

const UNNAMED = 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>'

type Patch = Readonly<Record<string, string | null>>

function* setPairs(invocation: Invocation, field: 'labels' | 'annotations'): Steps {
  const { args, flags } = invocation
  const one = field === 'labels' ? 'label' : 'annotation'
  // What is of a file is not named.
  const first = flags['filename'] === undefined && flags['kustomize'] === undefined ? 1 : 0
  const isPair = (arg: string, i: number): boolean => i >= first && (arg.includes('=') || arg.endsWith('-'))
  const changes = args.filter(isPair)
  const words = args.filter((arg, i) => !isPair(arg, i))
  const chosen = yield* chooseObjects(invocation, words, UNNAMED)
  if (changes.length === 0 && isSet(flags, 'list')) return yield* list(chosen, field)
  if (changes.length === 0) throw new CommandError(`error: at least one ${one} update is required`)
  if (chosen.length > 1 && flags['resource-version'] !== undefined)
    throw new CommandError('error: --resource-version may only be used with a single resource')
  const patch = patchOf(changes)
  const lines: string[] = []
  const errors: string[] = []
  for (const each of chosen) {
    const { line, error } = yield* change(each, field, patch, flags)
    if (line !== undefined) lines.push(line)
    if (error !== undefined) errors.push(error)
  }
  return summary(lines, errors)
}

function patchOf(changes: readonly string[]): Patch {
  const patch: Record<string, string | null> = {}
  for (const change of changes) {
    const equals = change.indexOf('=')
    if (equals < 0) patch[change.slice(0, -1)] = null
    else patch[change.slice(0, equals)] = change.slice(equals + 1)
  }
  return patch
}

function* change(
  each: Chosen,
  field: 'labels' | 'annotations',
  patch: Patch,
  flags: Flags,
): Generator<Ask, { readonly line?: string; readonly error?: string }, Round> {
  const [done, undone] = field === 'labels' ? ['labeled', 'unlabeled'] : ['annotated', 'annotated']
  const how = dryRunOf(flags)
  const { answers } = yield* ask(getRequest(each.resource, each.namespace, each.name))
  const [answer] = answers
  if (!isOk(answer!)) return { error: failureText(answer!) }
  const current = (answer!.body as KubernetesObject).metadata[field] ?? {}
  const clash = Object.keys(patch).find(
    (key) => patch[key] !== null && Object.hasOwn(current, key) && current[key] !== patch[key],
  )
  if (clash !== undefined && !isSet(flags, 'overwrite'))
    return { error: `error: '${clash}' already has a value (${current[clash]}), and --overwrite is false` }
  const changed = Object.keys(patch).some((key) =>
    patch[key] === null ? Object.hasOwn(current, key) : current[key] !== patch[key],
  )
  const printed = printedName(each.resource, each.name)
  if (!changed) return { line: `${printed} not ${done}${triedOut(how)}` }
  const resourceVersion = valueOf(flags, 'resource-version')
  const metadata = { [field]: patch, ...(resourceVersion !== undefined && { resourceVersion }) }
  const request = patchRequest(each.resource, referenceTo(each), 'merge', { metadata })
  if (how !== 'client') yield* need({ ...request, ...dryRunQuery(how, request.query) })
  const isGone = Object.values(patch).every((value) => value === null)
  return { line: `${printed} ${isGone ? undone : done}${triedOut(how)}` }
}

/** What each has; of several, whose it is. */
function* list(chosen: readonly Chosen[], field: 'labels' | 'annotations'): Steps {
  let output = ''
  for (const { resource, namespace, name } of chosen) {
    const { body } = yield* need(getRequest(resource, namespace, name))
    const isOne = chosen.length === 1
    if (!isOne) output += `Listing ${field} for ${resource.kind}.${resource.group}/${name}:\n`
    const pairs = Object.entries((body as KubernetesObject).metadata[field] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, value] of pairs) output += `${isOne ? '' : ' '}${key}=${value}\n`
  }
  return { output }
}
