/**
 * CertificateSigningRequests: the server writes down who asks, and looks at what is asked for.
 *
 * What we leave out: whether the request is signed with its own key, which upstream checks here, and here who signs does.
 * Upstream: `pkg/registry/certificates/certificates/strategy.go`, `pkg/apis/certificates/validation/validation.go`,
 * `pkg/apis/core/validation/validation.go` (ValidateSignerName).
 */
import type { CertificateSigningRequest as Request, SigningRequestCondition } from '#cluster/api/certificate-types.ts'
import { SIGNERS } from '#cluster/api/certificate-types.ts'
import type { UserInfo } from '#cluster/api/http.ts'
import { isEqual } from '#cluster/api/meta.ts'
import { certificateProblem, certificateRequestOf } from '#cluster/api/x509.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required, tooLongValue } from '../status.ts'
import { nameProblem } from '../validation/names.ts'
import type { Strategy } from './strategy.ts'

/** Whatever the client says of itself. */
function withRequester(request: Request, user: UserInfo | undefined): Request {
  const { username: _, uid: __, groups: ___, extra: ____, ...spec } = request.spec ?? {}
  const { name = '', groups, uid, extra } = user ?? ({} as Partial<UserInfo>)
  const requester = {
    username: name,
    ...(uid !== undefined && { uid }),
    ...(groups && { groups }),
    ...(extra && { extra }),
  }
  return { ...request, spec: { ...spec, ...requester }, status: {} }
}

const USAGES = ['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping'] // prettier-ignore
const SECONDS_MIN = 600

function validate({ spec = {} as Request['spec'] }: Request): FieldError[] {
  const errors: FieldError[] = []
  const { request, usages = [], signerName = '', expirationSeconds } = spec
  const parsed = certificateRequestOf(request)
  if (typeof parsed === 'string') errors.push(invalidValue('spec.request', request ?? null, parsed))
  if (usages.length === 0) errors.push(required('spec.usages'))
  usages.forEach((usage, i) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, USAGES))
  })
  usages.forEach((usage, i) => {
    if (usages.indexOf(usage) < i) errors.push(duplicateValue(`spec.usages[${i}]`, usage))
  })
  if (signerName === SIGNERS.legacyUnknown) {
    errors.push(invalidValue('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version')) // prettier-ignore
  } else errors.push(...signerNameErrors(signerName, 'spec.signerName'))
  if (expirationSeconds !== undefined && expirationSeconds < SECONDS_MIN) {
    errors.push(invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)')) // prettier-ignore
  }
  return errors
}

/** A domain, a slash, and a namespace and a name with a dot between them. */
const SIGNER_MAX = 571

/** `example.com/signer-name`. */
function signerNameErrors(name: string, at: string): FieldError[] {
  if (name === '') return [required(at)]
  const [domain = '', path, ...more] = name.split('/')
  if (path === undefined || more.length > 0) {
    return [invalidValue(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  }
  const labels = domain.split('.')
  const errors = labels.flatMap((label) => labelErrors(label, domain, 'label', at))
  if (labels.length < 2) errors.push(invalidValue(at, domain, 'should be a domain with at least two segments separated by dots')) // prettier-ignore
  errors.push(...path.split('.').flatMap((label) => labelErrors(label, path, 'subdomain', at)))
  return name.length > SIGNER_MAX ? [...errors, tooLongValue(at, SIGNER_MAX)] : errors
}

function labelErrors(label: string, whole: string, rule: 'label' | 'subdomain', at: string): FieldError[] {
  const problem = nameProblem(label, rule)
  return problem === undefined ? [] : [invalidValue(at, whole, `validating label ${JSON.stringify(label)}: ${problem}`)]
}

// ── the status ──────────────────────────────────────────────────────────────────────────────────────────────────────

const VERDICTS = ['Approved', 'Denied'] as const
const LASTING = [...VERDICTS, 'Failed'] as const
const AT = 'status.conditions'

const conditionsOf = ({ status }: Request): readonly SigningRequestCondition[] => status?.conditions ?? []
const ofType = (request: Request, type: string): readonly SigningRequestCondition[] => conditionsOf(request).filter((one) => one.type === type) // prettier-ignore

function conditionErrors(request: Request): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  conditionsOf(request).forEach(({ type = '', status = '' }, i) => {
    const allowed = (LASTING as readonly string[]).includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (type === '') errors.push(required(`${AT}[${i}].type`))
    if (status === '') errors.push(required(`${AT}[${i}].status`))
    else if (!allowed.includes(status)) errors.push(notSupported(`${AT}[${i}].status`, status, allowed))
    if (VERDICTS.some((one) => one !== type && seen.has(one)) && (VERDICTS as readonly string[]).includes(type)) {
      errors.push(invalidValue(`${AT}[${i}].type`, type, 'Approved and Denied conditions are mutually exclusive'))
    }
    if (seen.has(type)) errors.push(duplicateValue(`${AT}[${i}].type`, type))
    seen.add(type)
  })
  return errors
}

/** What stands there once stays. */
function removalErrors(request: Request, old: Request): FieldError[] {
  return LASTING.filter((type) => ofType(request, type).length < ofType(old, type).length).map((type) =>
    forbiddenValue(AT, `updates may not remove a condition of type "${type}"`),
  )
}

const validateApproval = (request: Request, old: Request): FieldError[] => [
  ...conditionErrors(request),
  ...removalErrors(request, old),
]

/** Each says since when it holds. */
export function timedConditions(
  conditions: readonly SigningRequestCondition[],
  before: readonly SigningRequestCondition[],
  now: string,
): readonly SigningRequestCondition[] {
  return conditions.map((condition) => {
    const same = before.find(({ type, status }) => type === condition.type && status === condition.status)
    const since = condition.lastTransitionTime ?? same?.lastTransitionTime ?? now
    return { ...condition, lastUpdateTime: condition.lastUpdateTime ?? now, lastTransitionTime: since }
  })
}

/** Who sends a verdict that is there says nothing new, even with other words. */
function withVerdicts(request: Request, old: Request, now: string): Request {
  let conditions = conditionsOf(request)
  for (const type of VERDICTS) {
    const kept = [...ofType(old, type)]
    if (kept.length !== ofType(request, type).length) continue
    conditions = conditions.map((one) => (one.type === type ? kept.shift()! : one))
  }
  const timed = timedConditions(conditions, conditionsOf(old), now)
  return { ...request, status: { ...request.status, ...(timed.length > 0 && { conditions: timed }) } }
}

/** Whoever signs decides nothing: only through `approval` is a request approved or denied. */
function validateStatusUpdate(request: Request, old: Request): FieldError[] {
  const errors = [...conditionErrors(request)]
  const [now, before] = [request.status?.certificate, old.status?.certificate]
  const wrong = now === undefined || now === before ? undefined : certificateProblem(now)
  if (wrong !== undefined) errors.push(invalidValue('status.certificate', '<certificate data>', wrong))
  errors.push(...removalErrors(request, old))
  for (const type of VERDICTS) {
    const [after, earlier] = [ofType(request, type), ofType(old, type)]
    if (after.length > earlier.length) errors.push(forbiddenValue(AT, `updates may not add a condition of type "${type}"`)) // prettier-ignore
    else if (after.length === earlier.length && !isEqual(after, earlier)) errors.push(forbiddenValue(AT, `updates may not modify a condition of type "${type}"`)) // prettier-ignore
  }
  if (before && now !== before) errors.push(forbiddenValue('status.certificate', 'updates may not modify existing certificate content')) // prettier-ignore
  return errors
}

export const certificateSigningRequests: Strategy<Request> = {
  hasGeneration: false,
  hasStatus: true,
  nameRule: 'path-segment',
  prepareForCreate: (request, _now, user) => withRequester(request, user),
  validate,
  // What was asked for stays, whatever the client sends.
  prepareForUpdate: (request, old) => ({ ...request, spec: old.spec }),
  prepareForStatusUpdate: withVerdicts,
  validateStatusUpdate,
  validateApproval,
}
