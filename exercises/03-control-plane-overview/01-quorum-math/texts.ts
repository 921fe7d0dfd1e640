/** What the checks of `quorum-math` say when they fail. */
import { defineTexts } from 'clusterwright/kit'

export const { texts, say } = defineTexts({
  en: {
    quorum: 'Voters: {voters}, of them up: {up}; learners: {learners}. The quorum is {expected}.',
    tolerates:
      'Voters: {voters}, of them up: {up}; learners: {learners}. So many voters may be down in all, and no more.',
    'is-available': 'Voters: {voters}, of them up: {up}; learners: {learners}. That is a quorum, so writes go on.',
    'is-not-available':
      'Voters: {voters}, of them up: {up}; learners: {learners}. That is no quorum, so nothing can be written.',
    mute: '{name} must answer with {wanted}.',
    none: 'none',
    'api-lives': '{topology}, failed hosts: {failed}. An API server still runs.',
    'api-lost': '{topology}, failed hosts: {failed}. No API server is left.',
    'store-lives': '{topology}, failed hosts: {failed}. The store still has a quorum.',
    'store-lost': '{topology}, failed hosts: {failed}. The store has no quorum any more.',
  },
  es: {
    quorum: 'Votantes: {voters}, en pie: {up}; aprendices: {learners}. El quórum es {expected}.',
    tolerates:
      'Votantes: {voters}, en pie: {up}; aprendices: {learners}. En total pueden estar caídos tantos votantes, y ni uno más.',
    'is-available':
      'Votantes: {voters}, en pie: {up}; aprendices: {learners}. Es un quórum, así que se sigue escribiendo.',
    'is-not-available':
      'Votantes: {voters}, en pie: {up}; aprendices: {learners}. No es un quórum, así que no se puede escribir nada.',
    mute: '{name} debe responder con {wanted}.',
    none: 'ninguna',
    'api-lives': '{topology}, máquinas caídas: {failed}. Todavía corre un servidor de API.',
    'api-lost': '{topology}, máquinas caídas: {failed}. No queda ningún servidor de API.',
    'store-lives': '{topology}, máquinas caídas: {failed}. El almacén todavía tiene quórum.',
    'store-lost': '{topology}, máquinas caídas: {failed}. El almacén ya no tiene quórum.',
  },
  names: {
    'of three voters two must agree, and one may fail': 'de tres votantes deben coincidir dos, y uno puede fallar',
    'a fourth voter lets no more fail than three did': 'con un cuarto votante no pueden fallar más que con tres',
    'who is down still counts as a member': 'el miembro caído sigue contando como miembro',
    'a learner has no vote': 'un aprendiz no tiene voto',
    'a stacked host takes an API server and a member with it':
      'una máquina apilada se lleva consigo un servidor de API y un miembro',
    'with an external store, each kind of host counts for itself':
      'con un almacén externo, cada clase de máquina cuenta por su lado',
    'every size up to seven voters, with everybody up or down':
      'todos los tamaños hasta siete votantes, con cualquiera en pie o caído',
    'members in any order: the same answers as the reference':
      'miembros en cualquier orden: las mismas respuestas que la referencia',
    'every set of hosts that can fail': 'todo conjunto de máquinas que puede fallar',
    'hosts named twice, or that carry nothing: the same answers':
      'máquinas nombradas dos veces, o que no llevan nada: las mismas respuestas',
  },
})
