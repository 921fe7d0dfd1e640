/** M3: a member that does not lead any more goes on to renew leases (etcd-io/etcd#15247). */
import { typedIn } from '../kit/raft-plot.ts'
import { say } from '../kit/words.ts'
import { exhibit, lastTyped, valueOf } from './exhibit.ts'

export const figure = exhibit({
  id: 'M3',
  story: 'museum-lease',
  bug: 'lessor-not-told',
  question: say(
    'A client holds a lock by a lease of 6 s, and renews it every 2 s with a leader that is cut off. What is it told, and is the lock there?',
    'Un cliente tiene un bloqueo con un lease de 6 s y lo renueva cada 2 s con un líder aislado. ¿Qué se le dice, y sigue el bloqueo?',
  ),
  choices: [
    { value: 'kept', label: say('renewed, and it is there', 'renovado, y sigue') },
    { value: 'fooled', label: say('renewed, and it is gone', 'renovado, y no está') },
    { value: 'refused', label: say('refused', 'rechazado') },
  ],
  outcome(timeline) {
    const renewals = typedIn(timeline).filter(({ op, key }) => op === 'lease' && key === 'keep-alive')
    const lock = lastTyped(timeline, 'get', 'lock')
    if (!lock?.answer || renewals.length === 0) return undefined
    const renewed = renewals.filter(({ ok }) => ok).length
    const value = renewed < renewals.length ? 'refused' : valueOf(lock) ? 'kept' : 'fooled'
    return {
      value,
      sentence:
        value === 'fooled'
          ? say(
              `it was told ${renewed} times that its lease is renewed. The new leader had heard of none of it: the lease ran out there, and somebody else may take the lock.`,
              `se le dijo ${renewed} veces que su lease estaba renovado. El nuevo líder no supo nada: allí venció, y otro puede tomar el bloqueo.`,
            )
          : say(
              'who does not lead refuses to renew. The client knows that it must turn to another member before its time is up.',
              'quien no lidera se niega a renovar. El cliente sabe que debe acudir a otro miembro antes de que se acabe su tiempo.',
            ),
      tick: lock.answer.tick,
    }
  },
})
