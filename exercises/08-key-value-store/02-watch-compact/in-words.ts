/** Steps as one would write them: code needs no translation. */
import { stepInWords as storeStepInWords } from '../01-mvcc-store/in-words.ts'
import { isOfStore, type Step } from './cases.ts'

export function stepInWords(step: Step): string {
  if (isOfStore(step)) return storeStepInWords(step)
  const { type, ...rest } = step
  const name = type.toLowerCase()
  if (step.type === 'Room') return `// watch ${step.watchId}: ${step.room === null ? '∞' : step.room}`
  if (step.type === 'Cancel') return `cancel(${step.watchId})`
  if (step.type === 'Watch' || step.type === 'Restore') {
    const fields = Object.entries(rest).map(
      ([key, value]) => `${key}: ${JSON.stringify(value).replaceAll('\\u0000', '\\0')}`,
    )
    return `${name}(${step.type === 'Restore' ? 'snapshot, ' : ''}{ ${fields.join(', ')} })`
  }
  return `${name}()`
}
