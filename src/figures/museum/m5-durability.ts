/** M5: a lone member answers before the write is on its disk (etcd-io/etcd#14370). */
import { say } from '../kit/words.ts'
import { exhibit, lastTyped, valueOf } from './exhibit.ts'

export const figure = exhibit({
  id: 'M5',
  story: 'museum-durability',
  bug: 'answered-before-synced',
  question: say(
    'red is stored. green is written, and 0.1 s later the power goes; a sync of the disk takes 0.3 s. What does the client of that write hear, and what is stored?',
    'red está almacenado. Se escribe green, y 0,1 s después se va la corriente; sincronizar el disco tarda 0,3 s. ¿Qué oye el cliente, y qué queda almacenado?',
  ),
  choices: [
    { value: 'kept', label: say('OK, and green is stored', 'OK, y queda green') },
    { value: 'lost', label: say('OK, and red is stored', 'OK, y queda red') },
    { value: 'silent', label: say('no OK, and red is stored', 'ningún OK, y queda red') },
  ],
  outcome(timeline) {
    const write = lastTyped(timeline, 'put', 'color')
    const read = lastTyped(timeline, 'get', 'color')
    if (!write || !read?.answer) return undefined
    const value = !write.ok ? 'silent' : valueOf(read) === 'green' ? 'kept' : 'lost'
    return {
      value,
      sentence:
        value === 'lost'
          ? say(
              'etcd had answered while the disk was still at work. A promise that was given, and did not hold.',
              'etcd había respondido mientras el disco aún trabajaba. Una promesa dada, que no se cumplió.',
            )
          : say(
              'it answers once the write is on the disk. Whoever hears nothing knows nothing, and looks.',
              'responde cuando la escritura está en el disco. Quien no oye nada no sabe nada, y mira.',
            ),
      tick: read.answer.tick,
    }
  },
})
