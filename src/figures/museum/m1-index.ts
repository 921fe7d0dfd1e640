/** M1: a member that is killed takes an entry for applied that it never applied (etcd-io/etcd#13766). */
import { say } from '../kit/words.ts'
import { exhibit, lastTyped, valueOf } from './exhibit.ts'

export const figure = exhibit({
  id: 'M1',
  story: 'museum-index',
  bug: 'index-before-data',
  question: say(
    'Two writes are confirmed, red and then green. One member is killed and comes back. What does an ordinary read of it find?',
    'Se confirman dos escrituras, red y después green. Un miembro muere y vuelve. ¿Qué encuentra una lectura normal en él?',
  ),
  choices: [
    { value: 'green', label: 'green' },
    { value: 'red', label: 'red' },
    { value: 'error', label: say('an error', 'un error') },
  ],
  outcome(timeline) {
    const read = lastTyped(timeline, 'get', 'color', 'etcd-1')
    const later = lastTyped(timeline, 'get', 'size', 'etcd-1')
    if (!read?.answer || !later?.answer) return undefined
    const value = valueOf(read) ?? 'error'
    const revision = (label: string): string => /\d+/.exec(label)?.[0] ?? ''
    const other = lastTyped(timeline, 'get', 'size', 'etcd-2')?.answer?.label ?? ''
    return {
      value,
      sentence:
        value === 'green'
          ? say('what its disk had not yet applied it applied when it came back.', 'lo que aún no había aplicado lo aplicó al volver.') // prettier-ignore
          : say(
              `it has the whole log, and says red for ever. One revision is missing there: what is ${revision(other)} elsewhere is ${revision(later.answer.label)} on it. No error was told to anybody.`,
              `tiene todo el registro, y dirá red para siempre. Le falta una revisión: la que en otros es ${revision(other)} en él es ${revision(later.answer.label)}. Nadie recibió un error.`,
            ),
      tick: read.answer.tick,
    }
  },
})
