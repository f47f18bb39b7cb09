import { typed } from 'antiphon'
import { connect, reconnecting, SessionClient } from 'antiphon/client'
import { tally, vote } from './messages.ts'

const server = location.origin.replace('http', 'ws')
const people = element('people')
const letters = element('letters')
const spell = document.querySelector<HTMLFormElement>('#spell')!

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found !== null) return found
  throw new Error(`the page has no element #${id}`)
}

function failed(error: unknown): void {
  element('status').textContent = String(error)
}

/** Messages as they are, also after the server was away. */
async function showPeople(): Promise<void> {
  const client = reconnecting(() => connect(`${server}/people`))
  for await (const message of client.received()) {
    people.textContent = message.text()
  }
}

/** Messages as values: what does not fit its schema is neither sent nor shown. */
async function countVotes(): Promise<void> {
  const votes = typed(connect(`${server}/votes`), { receive: tally, send: vote })
  for (const choice of ['tea', 'coffee'] as const) {
    element(choice).onclick = () => votes.send({ choice })
  }
  for await (const { tea, coffee } of votes.received()) {
    element('tally').textContent = `tea ${tea}, coffee ${coffee}`
  }
}

/** A session: a loop that ends when the server has no more to say. */
async function spellWord(word: string): Promise<void> {
  letters.replaceChildren()
  const sessions = new SessionClient()
  await sessions.webSocket(`${server}/spell`, async (session) => {
    await session.send(word)
    for await (const frame of session.incoming) {
      if (frame.type !== 'text') continue
      const item = document.createElement('li')
      item.textContent = frame.readText()
      letters.append(item)
    }
  })
}

spell.onsubmit = (event) => {
  event.preventDefault()
  const word = new FormData(spell).get('word')
  if (typeof word === 'string') spellWord(word).catch(failed)
}
showPeople().catch(failed)
countVotes().catch(failed)
