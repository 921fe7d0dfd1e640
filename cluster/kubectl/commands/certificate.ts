/**
 * `kubectl certificate approve` and `deny`: what somebody says of a request for a certificate.
 *
 * What we leave out: `-f`, `-l`, `-o`. The real one tries again where somebody else was faster, and so does this one.
 * Where to read upstream: kubectl `pkg/cmd/certificates/certificates.go`.
 */
import { formatTime } from '#cluster/api/meta.ts'
import { pathOf, resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { getRequest, isOk } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet } from '../flags.ts'
import { printedName } from '../resource-arguments.ts'

export const certificateFlags: FlagSpec = { switches: ['force'] }

const REQUESTS = resourceNamed('certificatesigningrequests')
const ATTEMPTS_MAX = 10

interface Verdict {
  readonly type: 'Approved' | 'Denied'
  readonly reason: string
  readonly message: string
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  approve: { type: 'Approved', reason: 'KubectlApprove', message: 'This CSR was approved by kubectl certificate approve.' }, // prettier-ignore
  deny: { type: 'Denied', reason: 'KubectlDeny', message: 'This CSR was denied by kubectl certificate deny.' },
}

type Asked = KubernetesObject & { readonly status?: { readonly conditions?: readonly { readonly type: string }[] } }

export function* certificate({ args, flags }: Invocation): Steps {
  const [word, ...names] = args
  const verdict = word !== undefined && Object.hasOwn(VERDICTS, word) ? VERDICTS[word]! : undefined
  if (!verdict) throw new CommandError(`error: unknown command "${word ?? ''}" for "kubectl certificate"; there are approve and deny`) // prettier-ignore
  if (names.length === 0) throw new CommandError('error: one or more CSRs must be specified as <name> or -f <filename>')
  let output = ''
  for (const typed of names) {
    const name = typed.replace(/^(?:csr|certificatesigningrequests?(?:\.certificates\.k8s\.io)?)\//, '')
    yield* say(name, verdict, isSet(flags, 'force'))
    output += `${printedName(REQUESTS, name)} ${verdict.type.toLowerCase()}\n`
  }
  return { output }
}

function* say(name: string, verdict: Verdict, isForced: boolean): Generator<any, void, any> {
  for (let attempt = 1; ; attempt++) {
    const { body, now } = yield* need(getRequest(REQUESTS, undefined, name))
    const { status, ...request } = body as Asked
    const conditions = status?.conditions ?? []
    const other = conditions.find(({ type }) => type !== verdict.type && (type === 'Approved' || type === 'Denied'))
    if (other) throw new CommandError(`error: certificate signing request "${name}" is already ${other.type}`)
    if (conditions.some(({ type }) => type === verdict.type) && !isForced) return
    const condition = { ...verdict, status: 'True', lastUpdateTime: formatTime(now) }
    const kept = conditions.filter(({ type }) => type !== verdict.type)
    const path = pathOf(REQUESTS, undefined, name, 'approval')
    const said = { ...request, status: { ...status, conditions: [...kept, condition] } }
    const answer = (yield* ask({ method: 'PUT', path, body: said })).answers[0]!
    if (isOk(answer)) return
    if (answer.status !== 409 || attempt === ATTEMPTS_MAX) throw new CommandError(failureText(answer))
  }
}
