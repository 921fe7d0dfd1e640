/** M4: a compaction takes the tombstone that a watch begins with (etcd-io/etcd#18089). */
import { say } from '../kit/words.ts'
import { exhibit } from './exhibit.ts'

export const figure = exhibit({
  id: 'M4',
  story: 'museum-watch',
  bug: 'tombstone-taken',
  question: say(
    'A client has listed a. Then a is deleted at revision 3, the store is compacted at 3, and the client watches from 3. What does it hear first?',
    'Un cliente ha listado a. Después a se borra en la revisión 3, el almacén se compacta en la 3 y el cliente observa desde la 3. ¿Qué oye primero?',
  ),
  choices: [
    { value: 'DELETE', label: say('that a is deleted', 'que a está borrada') },
    { value: 'PUT', label: say('that b is new', 'que b es nueva') },
    { value: 'canceled', label: say('that 3 is compacted', 'que la 3 está compactada') },
  ],
  outcome({ events }) {
    const first = events.find(({ kind, to, background }) => kind === 'watch' && to.startsWith('laptop/') && !background)
    if (!first) return undefined
    const value = first.failed ? 'canceled' : first.verb
    return {
      value,
      sentence:
        value === 'PUT'
          ? say(
              'the deletion was never told. For an informer a would be there for ever; a Service would go on sending to a Pod that is gone.',
              'del borrado no se dijo nada. Para un informer, a seguiría ahí para siempre; un Service seguiría enviando a un Pod que ya no está.',
            )
          : say(
              'a watch may begin at the compacted revision itself, so its tombstone is kept until the next compaction.',
              'una observación puede empezar en la propia revisión compactada, así que su lápida se guarda hasta la siguiente compactación.',
            ),
      tick: first.tick,
    }
  },
})
