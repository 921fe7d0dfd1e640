/**
 * CertificateApproval and CertificateSigning: who approves or signs a request for a certificate must be allowed to do so
 * for its signer. CertificateSubjectRestriction: nobody gets a certificate that makes a master of the system.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}/admission.go`.
 */
import { SIGNERS as NAMES } from '#cluster/api/certificate-types.ts'
import { isEqual } from '#cluster/api/meta.ts'
import { keyOf, resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { certificateRequestOf } from '#cluster/api/x509.ts'
import type { Verb } from '../chain/route.ts'
import { type AdmissionPlugin, type Attributes, forbid } from './plugin.ts'

type SigningRequest = KubernetesObject & {
  readonly spec?: { readonly signerName?: string; readonly request?: string }
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly unknown[] }
}

const SIGNERS = { ...resourceNamed('certificatesigningrequests'), resource: 'signers' }

/** By the signer's own name, or by that of its whole domain. */
function maySign({ mayUser }: Attributes, verb: string, signerName: string): boolean {
  const wildcard = `${signerName.slice(0, signerName.indexOf('/'))}/*`
  return [signerName, wildcard].some((name) =>
    mayUser({ verb: verb as Verb, resource: SIGNERS, namespace: '', name, subresource: '' }),
  )
}

const isWriteTo =
  (wanted: string): AdmissionPlugin['handles'] =>
  ({ resource, verb, subresource }) =>
    keyOf(resource) === 'certificatesigningrequests' && subresource === wanted && verb !== 'get'

export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  handles: isWriteTo('approval'),
  validate(_object, attributes) {
    const { signerName = '' } = (attributes.old as SigningRequest).spec ?? {}
    if (maySign(attributes, 'approve', signerName)) return undefined
    return forbid(attributes, `user not permitted to approve requests with signerName "${signerName}"`)
  },
}

export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  handles: isWriteTo('status'),
  validate({ status: now }: SigningRequest, attributes) {
    const { spec: { signerName = '' } = {}, status: before } = attributes.old as SigningRequest
    const isSame = now?.certificate === before?.certificate && isEqual(now?.conditions ?? [], before?.conditions ?? [])
    if (isSame || maySign(attributes, 'sign', signerName)) return undefined
    return forbid(attributes, `user not permitted to sign requests with signerName "${signerName}"`)
  },
}

const MASTERS = 'system:masters'

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: ({ resource, verb, subresource }) =>
    keyOf(resource) === 'certificatesigningrequests' && subresource === '' && verb === 'create',
  validate({ spec: { signerName, request } = {} }: SigningRequest, attributes) {
    if (signerName !== NAMES.client) return undefined
    const parsed = certificateRequestOf(request)
    if (typeof parsed === 'string') return forbid(attributes, `failed to parse CSR: ${parsed}`)
    if (!parsed.organizations.includes(MASTERS)) return undefined
    return forbid(attributes, `use of ${NAMES.client} signer with ${MASTERS} group is not allowed`)
  },
}
