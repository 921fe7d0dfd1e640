/**
 * What is wrong with a request in itself, whatever the store holds: found before anything is proposed.
 *
 * Where to read upstream: etcd `server/etcdserver/api/v3rpc/key.go`.
 */
import { sizeOf } from './encoding.ts'
import {
  DUPLICATE_KEY,
  EMPTY_KEY,
  KEY_NOT_FOUND,
  LEASE_PROVIDED,
  LEASE_TTL_TOO_LARGE,
  REQUEST_TOO_LARGE,
  TOO_MANY_OPS,
  VALUE_PROVIDED,
} from './errors.ts'
import { NO_LEASE, type RangeRequest, type RequestOp, type TxnRequest, type WriteRequest } from './messages.ts'

/** etcd's default for `--max-txn-ops`. */
const TXN_OPS_MAX = 128
/** etcd's default for `--max-request-bytes`: 1.5 MiB. */
const REQUEST_BYTES_MAX = 1_572_864
/** Seconds. */
const LEASE_TTL_MAX = 9_000_000_000

/** Why a request is refused; undefined where it is well formed. */
export function requestProblem(request: WriteRequest | RangeRequest): string | undefined {
  switch (request.type) {
    case 'Range':
    case 'Put':
    case 'DeleteRange':
      return opProblem(request, TXN_OPS_MAX)
    case 'Txn':
      return opProblem(request, TXN_OPS_MAX) ?? duplicateProblem(request)
    case 'LeaseGrant':
      return request.ttl > LEASE_TTL_MAX ? LEASE_TTL_TOO_LARGE : undefined
    default:
      return undefined
  }
}

function opProblem(op: RequestOp, opsMax: number): string | undefined {
  switch (op.type) {
    case 'Range':
    case 'DeleteRange':
      return op.key === '' ? EMPTY_KEY : undefined
    case 'Put':
      if (op.key === '') return EMPTY_KEY
      // A value that is an object has never been near that size, and to measure it would cost more than to store it.
      if (typeof op.value === 'string' && op.value.length > REQUEST_BYTES_MAX / 4 && isTooLarge(op.value))
        return REQUEST_TOO_LARGE
      if (op.ignoreValue && op.value !== undefined && op.value !== '') return VALUE_PROVIDED
      return op.ignoreLease && op.lease !== undefined && op.lease !== NO_LEASE ? LEASE_PROVIDED : undefined
    case 'Txn':
      return txnProblem(op, opsMax)
    default:
      return KEY_NOT_FOUND
  }
}

const isTooLarge = (value: string): boolean => sizeOf(value) > REQUEST_BYTES_MAX

function txnProblem({ compare, success, failure }: TxnRequest, opsMax: number): string | undefined {
  const ops = Math.max(compare.length, success.length, failure.length)
  if (ops > opsMax) return TOO_MANY_OPS
  for (const { key } of compare) if (key === '') return EMPTY_KEY
  for (const branch of [success, failure]) {
    for (const op of branch) {
      const problem = opProblem(op, opsMax - ops)
      if (problem) return problem
    }
  }
  return undefined
}

const PUT_BYTES = 256

/** Bytes that a request would add to the file, about as etcd reckons them; 0: it may be done without space. */
export function growthOf(request: WriteRequest | RequestOp): number {
  switch (request.type) {
    case 'Put':
      return PUT_BYTES + request.key.length + sizeOf(request.value ?? '')
    case 'Txn': {
      const sum = (ops: readonly RequestOp[]): number => ops.reduce((bytes, op) => bytes + growthOf(op), 0)
      return Math.max(sum(request.success), sum(request.failure))
    }
    case 'LeaseGrant':
      return PUT_BYTES
    default:
      return 0
  }
}

// ── one key, twice ──────────────────────────────────────────────────────────────────────────────────────────────────

interface Interval {
  readonly key: string
  readonly rangeEnd: string | undefined
}

interface Touched {
  readonly puts: ReadonlySet<string>
  readonly deletes: readonly Interval[]
}

function duplicateProblem({ success, failure }: TxnRequest): string | undefined {
  if (isLone(success) && isLone(failure)) return undefined
  return touchedBy(success) && touchedBy(failure) ? undefined : DUPLICATE_KEY
}

/** One operation at most, and no transaction: no key is touched twice. Nearly all of Kubernetes' are such. */
const isLone = (ops: readonly RequestOp[]): boolean => ops.length === 0 || (ops.length === 1 && ops[0]!.type !== 'Txn')

/** Upstream takes the end `\0` by its letters here, so that a deletion of everything from a key on touches no put. */
const covers = ({ key, rangeEnd }: Interval, put: string): boolean =>
  rangeEnd === undefined ? put === key : put >= key && put < rangeEnd

/** Keys that a branch puts and deletes; undefined where one key is put twice, or put and deleted. */
function touchedBy(ops: readonly RequestOp[]): Touched | undefined {
  const puts = new Set<string>()
  const deletes: Interval[] = []
  for (const op of ops) if (op.type === 'DeleteRange') deletes.push({ key: op.key, rangeEnd: op.rangeEnd })
  const isDeleted = (key: string): boolean => deletes.some((interval) => covers(interval, key))
  for (const op of ops) {
    if (op.type !== 'Txn') continue
    const taken = [touchedBy(op.success), touchedBy(op.failure)]
    const [one, other] = taken
    if (!one || !other) return undefined
    for (const key of one.puts) if (puts.has(key) || isDeleted(key)) return undefined
    // Only one of the two will happen, so both may put the same key.
    for (const key of other.puts) if ((puts.has(key) && !one.puts.has(key)) || isDeleted(key)) return undefined
    for (const { puts: more } of [one, other]) for (const key of more) puts.add(key)
    deletes.push(...one.deletes, ...other.deletes)
  }
  for (const op of ops) {
    if (op.type !== 'Put') continue
    if (puts.has(op.key) || isDeleted(op.key)) return undefined
    puts.add(op.key)
  }
  return { puts, deletes }
}
