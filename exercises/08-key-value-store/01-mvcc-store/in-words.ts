/** Steps as one would write them: code needs no translation. */
import type { Compare, Operation, Txn } from 'clusterwright/mvcc'
import type { Step } from './reference.ts'

const SHOWN_MAX = 50
const quoted = (text: string): string =>
  `'${text.length <= SHOWN_MAX ? text.replaceAll('\0', '\\0') : `${text.slice(0, SHOWN_MAX)}…`}'`
const args = (...given: (string | undefined)[]): string => given.filter((one) => one !== undefined).join(', ')
const RESULTS = { EQUAL: '=', NOT_EQUAL: '≠', GREATER: '>', LESS: '<' }

const condition = ({ key, target, result, operand }: Compare): string =>
  `${target} ${quoted(key)} ${RESULTS[result]} ${typeof operand === 'string' ? quoted(operand) : operand}`

function options({ revision, limit }: { revision?: number; limit?: number }): string | undefined {
  const parts = [revision !== undefined && `revision: ${revision}`, limit !== undefined && `limit: ${limit}`].filter(
    Boolean,
  )
  return parts.length === 0 ? undefined : `{ ${parts.join(', ')} }`
}

const list = (operations: readonly Operation[]): string => `[${operations.map(stepInWords).join(', ')}]`
const txnArgs = ({ compare, success, failure }: Txn): string =>
  `[${compare.map(condition).join(', ')}], ${list(success)}, ${list(failure)}`

export function stepInWords(step: Step): string {
  switch (step.type) {
    case 'Put':
      return `put(${args(quoted(step.key), quoted(step.value), step.lease?.toString())})`
    case 'DeleteRange':
      return `deleteRange(${args(quoted(step.key), step.rangeEnd && quoted(step.rangeEnd))})`
    case 'Range': {
      const more = options(step)
      const end = step.rangeEnd === undefined ? more && 'undefined' : quoted(step.rangeEnd)
      return `range(${args(quoted(step.key), end, more)})`
    }
    case 'Txn':
      return `txn(${txnArgs(step)})`
    case 'Compact':
      return `compact(${step.revision})`
  }
}
