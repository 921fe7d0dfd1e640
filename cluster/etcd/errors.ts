/**
 * Why etcd says no, in its own words, and the code of gRPC that goes with each.
 *
 * Where to read upstream: etcd `api/v3rpc/rpctypes/error.go`.
 */
import type { ErrorResponse } from './messages.ts'
import { ERROR_COMPACTED, ERROR_FUTURE_REVISION } from './mvcc/store.ts'

export const EMPTY_KEY = 'etcdserver: key is not provided'
export const KEY_NOT_FOUND = 'etcdserver: key not found'
export const VALUE_PROVIDED = 'etcdserver: value is provided'
export const LEASE_PROVIDED = 'etcdserver: lease is provided'
export const TOO_MANY_OPS = 'etcdserver: too many operations in txn request'
export const DUPLICATE_KEY = 'etcdserver: duplicate key given in txn request'
export const REQUEST_TOO_LARGE = 'etcdserver: request is too large'
export const LEASE_NOT_FOUND = 'etcdserver: requested lease not found'
export const LEASE_EXISTS = 'etcdserver: lease already exists'
export const LEASE_TTL_TOO_LARGE = 'etcdserver: too large lease TTL'

export const NO_SPACE = 'etcdserver: mvcc: database space exceeded'

type Code = ErrorResponse['code']

/** What is not here is an `InvalidArgument`, or says by its words what it is. */
const CODES: Readonly<Record<string, Code>> = {
  [ERROR_COMPACTED]: 'OutOfRange',
  [ERROR_FUTURE_REVISION]: 'OutOfRange',
  [LEASE_TTL_TOO_LARGE]: 'OutOfRange',
  [LEASE_NOT_FOUND]: 'NotFound',
  [NO_SPACE]: 'ResourceExhausted',
  [LEASE_EXISTS]: 'FailedPrecondition',
  [KEY_NOT_FOUND]: 'InvalidArgument',
}

export function codeOf(message: string): Code {
  const code = CODES[message]
  if (code) return code
  return /not found/.test(message)
    ? 'NotFound'
    : /already exists/.test(message)
      ? 'FailedPrecondition'
      : 'InvalidArgument'
}
