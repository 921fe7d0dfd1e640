/** What is said about a learner's own examples for `lease-leader`. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    'want-step': 'write one of tick, release and other',
    'want-tick': 'have the copy tick or release at least once',
    'says-otherwise': 'At step {number} the copy says something else.',
    'leaves-otherwise': 'After step {number} the Lease is not as expected.',
  },
  es: {
    'want-step': 'escribe uno de tick, release y other',
    'want-tick': 'haz que la copia dé un tick o suelte al menos una vez',
    'says-otherwise': 'En el paso {number} la copia dice otra cosa.',
    'leaves-otherwise': 'Tras el paso {number} el Lease no está como se espera.',
  },
})
