/** CertificateSigningRequests (`certificates.k8s.io/v1`), and what their signers ask of them. */
import type { KubernetesObject } from './types.ts'
import type { CertificateRequest } from './x509.ts'

export interface SigningRequestCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

export interface CertificateSigningRequest extends KubernetesObject {
  readonly spec: {
    /** PEM in base64. */
    readonly request: string
    readonly signerName: string
    readonly usages: readonly string[]
    readonly expirationSeconds?: number
    readonly username?: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly status?: {
    /** PEM in base64. */
    readonly certificate?: string
    readonly conditions?: readonly SigningRequestCondition[]
  }
}

export const SIGNERS = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const

export const hasCondition = ({ status }: CertificateSigningRequest, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type) === true

const NODE_GROUP = 'system:nodes'
const NODE_NAME = 'system:node:'
const isSet = (usages: readonly string[], ...wanted: readonly string[]): boolean =>
  new Set(usages).size === wanted.length && wanted.every((one) => usages.includes(one))
const hasUsages = (usages: readonly string[], of: string): boolean =>
  isSet(usages, 'digital signature', of) || isSet(usages, 'digital signature', 'key encipherment', of)
const unlike = (of: string): string => `usages did not match [${[of, 'digital signature', 'key encipherment'].sort().join(' ')}]` // prettier-ignore
const isOfNodes = ({ organizations }: CertificateRequest): boolean => organizations.length === 1 && organizations[0] === NODE_GROUP // prettier-ignore

/** What keeps a request from being a kubelet's for its client certificate; undefined: nothing. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, emailAddresses, ipAddresses, uris, commonName } = request
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (ipAddresses.length > 0) return 'IP subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!commonName.startsWith(NODE_NAME)) return 'subject common name does not begin with system:node:'
  return hasUsages(usages, 'client auth') ? undefined : unlike('client auth')
}

function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dnsNames, emailAddresses, ipAddresses, uris, commonName } = request
  if (!isOfNodes(request)) return 'subject organization is not system:nodes'
  if (dnsNames.length === 0 && ipAddresses.length === 0) return 'DNS or IP subjectAltName is required'
  if (emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!hasUsages(usages, 'server auth')) return unlike('server auth')
  return commonName.startsWith(NODE_NAME) ? undefined : 'subject common name does not begin with system:node:'
}

const OF_CLIENTS: ReadonlySet<string> = new Set(['digital signature', 'key encipherment', 'client auth'])

function clientProblem(_: CertificateRequest, usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => !OF_CLIENTS.has(usage))
  if (other !== undefined) return `invalid usage for client certificate: ${other}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

type Problem = (request: CertificateRequest, usages: readonly string[]) => string | undefined

/** By the names of the signers that a cluster has of its own: why they refuse. */
export const SIGNER_PROBLEMS: Readonly<Record<string, Problem>> = {
  [SIGNERS.client]: clientProblem,
  [SIGNERS.kubeletClient]: kubeletClientProblem,
  [SIGNERS.kubeletServing]: kubeletServingProblem,
  [SIGNERS.legacyUnknown]: () => undefined,
}
