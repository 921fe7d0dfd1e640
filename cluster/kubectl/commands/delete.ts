/** `kubectl delete`: asks for the end of objects, and waits for it. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'
import { deleteRequest, getRequest, isOk } from '#cluster/client/api-client.ts'
import type { Invocation, Round, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { CHOOSING, chooseObjects } from '../chosen-objects.ts'
import { dryRunOf, triedOut } from '../dry-run.ts'

export const deleteFlags: FlagSpec = {
  values: [...CHOOSING.values, 'grace-period', 'cascade', 'timeout', 'wait', 'dry-run'],
  switches: [...CHOOSING.switches, 'force', 'now', 'ignore-not-found'],
}

const FORCED =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n'

/** How often to look whether it is gone. */
const DELETE_POLL_MICROS = 1_000_000
/** Ten minutes; kubectl itself would wait for ever. */
const DELETE_POLLS_MAX = 600

export function* deleteObjects(invocation: Invocation): Steps {
  const { flags } = invocation
  const targets = yield* chooseObjects(invocation)
  const isTrial = dryRunOf(flags)
  const errors: string[] = []
  let waiting: { readonly request: ApiRequest; readonly uid: string | undefined }[] = []
  let printed = ''
  for (const { resource, namespace, name } of targets) {
    const grace = isSet(flags, 'now')
      ? 1
      : isSet(flags, 'force')
        ? Number(valueOf(flags, 'grace-period') ?? 0)
        : graceOf(flags)
    const cascade = valueOf(flags, 'cascade')
    const propagationPolicy = cascade === 'orphan' ? 'Orphan' : cascade === 'foreground' ? 'Foreground' : 'Background'
    const options = { propagationPolicy, ...(grace !== undefined && { gracePeriodSeconds: grace }) } as const
    const object = { metadata: { name, ...(namespace && { namespace }) } }
    // What is in the query does not count where there is a body.
    const asked =
      isTrial === 'client'
        ? getRequest(resource, namespace, name)
        : deleteRequest(resource, object, { ...options, ...(isTrial === 'server' && { dryRun: ['All'] }) })
    const answer = (yield* ask(asked)).answers[0]!
    if (isOk(answer)) {
      const how = isSet(flags, 'force') && grace === 0 ? 'force deleted' : 'deleted'
      const { singular, group } = resource
      printed += `${singular}${group && `.${group}`} "${name}" ${how}${namespace ? ` from ${namespace} namespace` : ''}${triedOut(isTrial)}\n`
      const body = answer.body as { metadata?: { uid?: string }; details?: { uid?: string } } | undefined
      waiting.push({
        request: getRequest(resource, namespace, name),
        uid: body?.metadata?.uid ?? body?.details?.uid,
      })
    } else if (!(answer.status === 404 && isSet(flags, 'ignore-not-found'))) errors.push(failureText(answer))
  }
  const waits = valueOf(flags, 'wait') !== 'false' && !isSet(flags, 'force') && isTrial === 'none'
  for (let polls = 0; waits && waiting.length > 0 && polls < DELETE_POLLS_MAX; polls++) {
    const { answers } = yield* ask(...waiting.map(({ request }) => request))
    waiting = waiting.filter(({ uid }, i) => isStillThere(answers[i]!, uid))
    if (waiting.length > 0) yield { pauseMicros: DELETE_POLL_MICROS, output: printed }
  }
  if (targets.length === 0) return { output: 'No resources found\n' }
  const warning = isSet(flags, 'force') && Number(valueOf(flags, 'grace-period') ?? 0) === 0 ? FORCED : ''
  return {
    output: printed,
    errors: warning,
    ...(errors.length > 0 && { errors: `${warning}${errors.join('\n')}\n`, exitCode: 1 }),
  }
}

/** Another object may have taken the name. */
function isStillThere(answer: Round['answers'][number], uid: string | undefined): boolean {
  if (!isOk(answer)) return answer.status !== 404
  return uid === undefined || (answer.body as KubernetesObject).metadata.uid === uid
}

const graceOf = (flags: Flags): number | undefined => {
  const text = valueOf(flags, 'grace-period')
  return text === undefined || Number(text) < 0 ? undefined : Number(text)
}
