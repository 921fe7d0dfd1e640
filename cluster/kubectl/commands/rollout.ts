/**
 * `kubectl rollout`: status, history, undo, restart, pause and resume of a Deployment; status and restart of DaemonSets and StatefulSets.
 *
 * What we leave out: history and undo of DaemonSets and StatefulSets.
 * Where to read upstream: kubectl `pkg/cmd/rollout`, `pkg/polymorphichelpers/{rollout_status,history,rollback}.go`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import type { Deployment, List, ReplicaSet } from '#cluster/api/types.ts'
import { getRequest, listRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Ask, Command, Invocation, Round, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { dryRunOf, dryRunQuery, triedOut } from '../dry-run.ts'
import { LAST_APPLIED } from './apply.ts'
import { templateLines } from '../describe/describe-workloads.ts'
import type { FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { alignTabs, DESCRIBE_TABS } from '../print/tab-writer.ts'
import { parseTargets, printedName, type Target } from '../resource-arguments.ts'
import { namespaceFor, wholeNumber } from './outcome.ts'
import { progressOf } from './rollout-progress.ts'
import { durationMicros, pause } from './waiting.ts'

export const rolloutFlags: FlagSpec = { values: ['revision', 'to-revision', 'timeout', 'watch', 'filename', 'dry-run'] }

const REVISION = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'

interface Named {
  readonly target: Target
  readonly namespace: string | undefined
  readonly name: string
  readonly printed: string
}

const COMMANDS: Readonly<Record<string, (named: Named, invocation: Invocation) => Steps>> = {
  status,
  history,
  undo,
  restart,
  pause: (named) => setPaused(named, true),
  resume: (named) => setPaused(named, false),
}

export const rollout: Command = function* (invocation) {
  const [what = '', ...rest] = invocation.args
  if (!Object.hasOwn(COMMANDS, what))
    throw new CommandError(`error: unknown command "${what}" for "kubectl rollout"\nSee 'kubectl rollout -h' for help and examples`) // prettier-ignore
  const [target] = yield* parseTargets(rest)
  if (target?.name === undefined) throw new CommandError('error: required resource not specified')
  const { resource, name } = target
  const kinds =
    what === 'status' || what === 'restart' ? ['deployments', 'daemonsets', 'statefulsets'] : ['deployments']
  if (!kinds.includes(resource.resource))
    throw new CommandError(`error: no ${what} of "${resource.kind}" is simulated here: only of ${kinds.join(', ')}`)
  const printed = printedName(resource, name)
  return yield* COMMANDS[what]!(
    { target, namespace: namespaceFor(target, invocation.flags), name, printed },
    invocation,
  )
}

function* current({ target, namespace, name }: Named): Generator<Ask, { deployment: Deployment; now: number }, Round> {
  const { body, now } = yield* need(getRequest(target.resource, namespace, name))
  return { deployment: body as Deployment, now }
}

// ── status ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function* status(named: Named, { flags }: Invocation): Steps {
  const micros = durationMicros(valueOf(flags, 'timeout') ?? '-1s', 'timeout')
  const once = valueOf(flags, 'watch') === 'false'
  let output = ''
  let deadline: number | undefined
  for (;;) {
    const { deployment, now } = yield* current(named)
    deadline ??= now + micros
    const { line, done, failed } = progressOf(deployment)
    if (failed !== undefined) return { output, errors: `error: ${failed}\n`, exitCode: 1 }
    if (!output.endsWith(`${line}\n`)) output += `${line}\n`
    if (done || once) return { output }
    if (now >= deadline) return { output, errors: 'error: timed out waiting for the condition\n', exitCode: 1 }
    yield* pause(output)
  }
}

// ── history and undo ────────────────────────────────────────────────────────────────────────────────────────────────

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0)

/** The ReplicaSets of a Deployment, oldest revision first. */
function* revisions({ namespace }: Named, { metadata }: Deployment): Generator<Ask, ReplicaSet[], Round> {
  const { body } = yield* need(listRequest('replicasets', namespace))
  return (body as List<ReplicaSet>).items
    .filter((set) => set.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
    .sort((a, b) => revisionOf(a) - revisionOf(b))
}

function* history(named: Named, { flags }: Invocation): Steps {
  const { deployment } = yield* current(named)
  const all = yield* revisions(named, deployment)
  const asked = valueOf(flags, 'revision')
  if (asked !== undefined && asked !== '0') {
    const number = wholeNumber(asked, 'revision')
    const set = all.find((one) => revisionOf(one) === number)
    if (!set) return { errors: 'error: unable to find the specified revision\n', exitCode: 1 }
    return { output: `${named.printed} with revision #${number}\n${templateLines(set.spec.template).join('\n')}\n\n` }
  }
  const rows = all.map((set) => [String(revisionOf(set)), set.metadata.annotations?.[CAUSE] ?? '<none>'])
  const table = alignTabs(
    [['REVISION', 'CHANGE-CAUSE'], ...rows].map((row) => row.join('\t')).join('\n'),
    DESCRIBE_TABS,
  )
  return { output: `${named.printed} \n${table}\n\n` }
}

function* undo(named: Named, { flags }: Invocation): Steps {
  const { deployment } = yield* current(named)
  if (deployment.spec.paused)
    throw new CommandError(`error: cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`) // prettier-ignore
  const all = yield* revisions(named, deployment)
  const asked = wholeNumber(valueOf(flags, 'to-revision') ?? '0', 'to-revision')
  const set = asked > 0 ? all.find((one) => revisionOf(one) === asked) : all.at(-2)
  const warning = LAST_APPLIED in (deployment.metadata.annotations ?? {}) ? warningOf(named) : ''
  if (!set) {
    const why =
      asked > 0
        ? `unable to find specified revision ${asked} in history`
        : `no rollout history found for deployment "${named.name}"`
    return { errors: `${warning}error: ${why}\n`, exitCode: 1 }
  }
  const how = dryRunOf(flags)
  if (how === 'client') return { output: `${named.printed} ${templateLines(set.spec.template).join('\n')}\n (dry run)\n`, errors: warning } // prettier-ignore
  const { 'pod-template-hash': _hash, ...labels } = set.spec.template.metadata?.labels ?? {}
  const template = { ...set.spec.template, metadata: { ...set.spec.template.metadata, labels } }
  if (JSON.stringify(template.spec) === JSON.stringify(deployment.spec.template.spec) && all.at(-1) === set)
    return { output: `${named.printed} skipped rollback (current template already matches revision ${revisionOf(set)})\n` } // prettier-ignore
  const request = patchOf(named, 'json', [{ op: 'replace', path: '/spec/template', value: template }])
  yield* need({ ...request, ...dryRunQuery(how, request.query) })
  return { output: `${named.printed} rolled back${triedOut(how)}\n`, ...(warning !== '' && { errors: warning }) }
}

const warningOf = ({ name }: Named): string =>
  `Warning: resource deployments/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`

const patchOf = ({ target, namespace, name }: Named, type: 'json' | 'strategic', patch: unknown) =>
  patchRequest(target.resource, { metadata: { name, namespace } }, type, patch)

// ── what changes it ─────────────────────────────────────────────────────────────────────────────────────────────────

function* restart(named: Named): Steps {
  const { deployment, now } = yield* current(named)
  if (deployment.spec.paused)
    throw new CommandError(`error: can't restart paused deployment (run rollout resume first)`)
  const annotations = { 'kubectl.kubernetes.io/restartedAt': formatTime(now) }
  yield* need(patchOf(named, 'strategic', { spec: { template: { metadata: { annotations } } } }))
  return { output: `${named.printed} restarted\n` }
}

function* setPaused(named: Named, paused: boolean): Steps {
  const { deployment } = yield* current(named)
  if ((deployment.spec.paused ?? false) === paused)
    return {
      errors: `error: deployments.apps "${named.name}" ${paused ? 'is already paused' : 'is not paused'}\n`,
      exitCode: 1,
    }
  yield* need(patchOf(named, 'strategic', { spec: { paused: paused || null } }))
  return { output: `${named.printed} ${paused ? 'paused' : 'resumed'}\n` }
}
