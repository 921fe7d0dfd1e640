/** M2: a leader answers reads without asking whether it still leads (etcd-io/etcd#741). */
import { say } from '../kit/words.ts'
import { exhibit, lastTyped, valueOf } from './exhibit.ts'

export const figure = exhibit({
  id: 'M2',
  story: 'museum-reads',
  bug: 'reads-without-asking',
  question: say(
    'The leader is cut off while red is stored; the others elect another and take green. What does a read of the old leader find?',
    'El líder queda aislado con red almacenado; los demás eligen otro y aceptan green. ¿Qué encuentra una lectura en el líder anterior?',
  ),
  choices: [
    { value: 'green', label: 'green' },
    { value: 'red', label: 'red' },
    { value: 'error', label: say('an error', 'un error') },
  ],
  outcome(timeline) {
    const read = lastTyped(timeline, 'get', 'color', 'etcd-3')
    if (!read?.answer) return undefined
    const value = valueOf(read) ?? 'error'
    return {
      value,
      sentence:
        value === 'red'
          ? say(
              'it believed that it led, and read its own store. Somebody had read green already: time ran backwards.',
              'creía que lideraba y leyó su propio almacén. Alguien ya había leído green: el tiempo fue hacia atrás.',
            )
          : say(
              'before it answers it asks the others whether it still leads, and hears nothing. A late answer, or none, but never an old one.',
              'antes de responder pregunta a los demás si aún lidera, y no oye nada. Una respuesta tardía, o ninguna, pero nunca una vieja.',
            ),
      tick: read.answer.tick,
    }
  },
})
