/**
 * The bounds of a LimitRange, and what is said of who is beyond them.
 *
 * Where to read upstream: kubernetes/kubernetes `plugin/pkg/admission/limitranger/admission.go` (minConstraint, maxConstraint,
 * maxRequestConstraint, limitRequestRatioConstraint).
 */
import { formatQuantity, milli } from '#cluster/api/quantity.ts'
import type { ResourceList } from '#cluster/api/types.ts'

export interface Bounds {
  readonly type: string
  readonly min?: ResourceList
  readonly max?: ResourceList
  readonly maxLimitRequestRatio?: ResourceList
}

/** In the form that the API prints. */
const canonical = (quantity: string): string => formatQuantity(milli(quantity), quantity.endsWith('i'))

type Say = (name: string, bound: string) => string | undefined

function check(list: ResourceList | undefined, say: Say): string[] {
  return Object.keys(list ?? {})
    .toSorted()
    .flatMap((name) => say(name, list![name]!) ?? [])
}

const isBelow = (value: string | undefined, bound: string): boolean => value !== undefined && milli(value) < milli(bound) // prettier-ignore
const isAbove = (value: string | undefined, bound: string): boolean => value !== undefined && milli(value) > milli(bound) // prettier-ignore

export const minimum = ({ type, min }: Bounds, requests: ResourceList, limits: ResourceList): string[] =>
  check(min, (name, bound) => {
    const [request, limit] = [requests[name], limits[name]]
    const text = `minimum ${name} usage per ${type} is ${canonical(bound)}`
    if (request === undefined) return `${text}.  No request is specified`
    if (isBelow(request, bound)) return `${text}, but request is ${canonical(request)}`
    return isBelow(limit, bound) ? `${text}, but limit is ${canonical(limit!)}` : undefined
  })

export const maximum = ({ type, max }: Bounds, requests: ResourceList, limits: ResourceList): string[] =>
  check(max, (name, bound) => {
    const [request, limit] = [requests[name], limits[name]]
    const text = `maximum ${name} usage per ${type} is ${canonical(bound)}`
    if (limit === undefined) return `${text}.  No limit is specified`
    if (isAbove(limit, bound)) return `${text}, but limit is ${canonical(limit)}`
    return isAbove(request, bound) ? `${text}, but request is ${canonical(request!)}` : undefined
  })

/** Of claims, which have no limits. */
export const maximumRequest = ({ type, max }: Bounds, requests: ResourceList): string[] =>
  check(max, (name, bound) => {
    const request = requests[name]
    const text = `maximum ${name} usage per ${type} is ${canonical(bound)}`
    if (request === undefined) return `${text}.  No request is specified`
    return isAbove(request, bound) ? `${text}, but request is ${canonical(request)}` : undefined
  })

export const ratio = ({ type, maxLimitRequestRatio }: Bounds, requests: ResourceList, limits: ResourceList): string[] =>
  check(maxLimitRequestRatio, (name, bound) => {
    const [request, limit] = [milli(requests[name]), milli(limits[name])]
    const text = `${name} max limit to request ratio per ${type} is ${canonical(bound)}`
    if (request === 0) return `${text}, but no request is specified or request is 0`
    if (limit === 0) return `${text}, but no limit is specified or limit is 0`
    const observed = limit / request
    return observed * 1000 > milli(bound) ? `${text}, but provided ratio is ${observed.toFixed(6)}` : undefined
  })
