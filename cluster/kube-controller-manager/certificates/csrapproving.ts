/**
 * The csrapproving controller: it approves what kubelets ask for themselves, if whoever asks may have that: a first certificate
 * with a bootstrap token (`nodeclient`), a new one with the old (`selfnodeclient`).
 *
 * What we leave out: the growing pauses in which a refusal is tried again; it is looked at once a minute.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/certificates/approver/sarapprove.go`.
 */
import type { CertificateSigningRequest } from '#cluster/api/certificate-types.ts'
import { hasCondition, kubeletClientProblem, SIGNERS } from '#cluster/api/certificate-types.ts'
import { formatTime } from '#cluster/api/meta.ts'
import { pathOf } from '#cluster/api/resources.ts'
import { certificateRequestOf } from '#cluster/api/x509.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

interface Memory {
  /** Which kind a request may have, by its uid; '': none. */
  verdicts: Table<string, string>
}

const AGAIN: Micros = 60_000_000
const MESSAGES: Readonly<Record<string, string>> = {
  selfnodeclient: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  nodeclient: 'Auto approving kubelet client certificate after SubjectAccessReview.',
}

export const csrApprovingController: Controller<Memory> = {
  name: 'csrapproving',
  offByDefault: true,
  watches: [
    {
      resource: 'certificatesigningrequests',
      enqueue: ({ object, type }) => (type === 'deleted' ? [] : [object.metadata.name]),
    },
  ],
  memory: () => ({ verdicts: new Table() }),
  reconcile,
  settle,
}

function reconcile(name: string, caches: Caches, { verdicts }: Memory, ctx: Context): Reconciled {
  const asked = caches.get<CertificateSigningRequest>('certificatesigningrequests', name)
  if (!asked || hasCondition(asked, 'Approved') || hasCondition(asked, 'Denied')) return {}
  const kinds = kindsOf(asked)
  if (kinds.length === 0) return {}
  const { uid = '' } = asked.metadata
  const verdict = verdicts.get(uid)
  verdicts.delete(uid)
  if (verdict === undefined) return { calls: kinds.map((kind) => review(asked, kind)), again: true }
  return verdict === '' ? { requeueAfterMicros: AGAIN } : { calls: [approval(asked, verdict, ctx)] }
}

/** What it may be, the narrower first. */
function kindsOf({ spec }: CertificateSigningRequest): string[] {
  if (spec.signerName !== SIGNERS.kubeletClient) return []
  const request = certificateRequestOf(spec.request)
  if (typeof request === 'string' || kubeletClientProblem(request, spec.usages) !== undefined) return []
  return spec.username === request.commonName ? ['selfnodeclient', 'nodeclient'] : ['nodeclient']
}

function review({ spec, metadata }: CertificateSigningRequest, kind: string): Call {
  const { username = '', uid, groups, extra } = spec
  const resourceAttributes = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', subresource: kind, verb: 'create', version: '*' } // prettier-ignore
  const who = { user: username, ...(uid !== undefined && { uid }), ...(groups && { groups }), ...(extra && { extra }) }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec: { ...who, resourceAttributes } } // prettier-ignore
  const tag = { uid: metadata.uid ?? '', kind }
  return { request: { method: 'POST', path: pathOf('subjectaccessreviews', undefined), body }, tag }
}

function settle(_key: string, call: Call, answer: Answer, failed: boolean, { verdicts }: Memory): void {
  const { uid, kind } = (call.tag ?? {}) as { readonly uid?: string; readonly kind?: string }
  if (uid === undefined || kind === undefined || failed) return
  const { status } = answer.body as { readonly status?: { readonly allowed?: boolean } }
  const before = verdicts.get(uid)
  if (status?.allowed && before !== 'selfnodeclient') verdicts.set(uid, kind)
  else if (before === undefined) verdicts.set(uid, '')
}

function approval(asked: CertificateSigningRequest, kind: string, ctx: Context): Call {
  const now = formatTime(ctx.now)
  const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message: MESSAGES[kind], lastUpdateTime: now, lastTransitionTime: now } // prettier-ignore
  const conditions = [...(asked.status?.conditions ?? []), condition]
  const path = pathOf('certificatesigningrequests', undefined, asked.metadata.name, 'approval')
  return {
    request: { method: 'PUT', path, body: { ...asked, status: { ...asked.status, conditions } } },
    accept: ['NotFound'],
  }
}
